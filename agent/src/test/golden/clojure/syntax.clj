;; A name that is not there.
(println "started")
(tak 3)
