;; An exception that nobody catches, as clojure.main reports it.
(ns shop.core)
(defn take-item [item] (throw (ex-info "out of stock" {:item item})))
(println "started")
(take-item 3)
