// Panics of several kinds, through net/http and without it.
package main

import (
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

type refused struct{ Code int }

func (r refused) Error() string { return fmt.Sprint("refused ", r.Code) }

func take(items []int, i int) int { return items[i] }

func main() {
	switch os.Args[1] {
	case "panic":
		fmt.Println("started")
		defer func() {
			if r := recover(); r != nil {
				panic(fmt.Sprint("again: ", r))
			}
		}()
		take([]int{1}, 3)
	case "error":
		panic(refused{3})
	case "nil":
		var r *refused
		go func() { time.Sleep(time.Second) }()
		fmt.Println(r.Code)
	case "deadlock":
		<-make(chan int)
	case "http":
		l, _ := net.Listen("tcp", "127.0.0.1:0")
		http.HandleFunc("/", func(http.ResponseWriter, *http.Request) { take([]int{1}, 3) })
		go http.Serve(l, nil)
		http.Get("http://" + l.Addr().String())
		log.Println("ready")
		log.Fatal(errors.New("no stock"))
	}
}
