// zap, logrus, klog and gin.
package main

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/gin-gonic/gin"
	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
	"k8s.io/klog"
)

func take(items []int, i int) int { return items[i] }

func main() {
	err := errors.New("no stock")
	switch os.Args[1] {
	case "zap-console":
		log, _ := zap.NewDevelopment()
		log.Info("started")
		log.Error("order failed", zap.Error(err), zap.Int("item", 3))
		log.Warn("slow")
		log.Panic("gone")
	case "zap-json":
		log, _ := zap.NewProduction()
		log.Info("started")
		log.Error("order failed", zap.Error(err), zap.Int("item", 3))
		log.Fatal("gone")
	case "logrus":
		logrus.Info("started")
		logrus.WithError(err).WithField("item", 3).Error("order failed")
		logrus.Fatal("gone")
	case "logrus-colour":
		logrus.SetFormatter(&logrus.TextFormatter{ForceColors: true})
		logrus.Info("started")
		logrus.WithError(err).WithField("item", 3).Error("order failed")
		logrus.Warn("slow")
	case "logrus-json":
		logrus.SetFormatter(&logrus.JSONFormatter{})
		logrus.Info("started")
		logrus.WithError(err).WithField("item", 3).Error("order failed")
	case "klog":
		klog.Info("started")
		klog.Errorf("order failed: %v", err)
		klog.Warning("slow")
		klog.Fatal("gone")
	case "gin":
		r := gin.Default()
		r.GET("/cart", func(*gin.Context) { take([]int{1}, 3) })
		r.GET("/ok", func(c *gin.Context) { c.String(200, "ok") })
		for _, path := range []string{"/ok", "/cart", "/ok"} {
			q, _ := http.NewRequest("GET", path, nil)
			r.ServeHTTP(httptest.NewRecorder(), q)
		}
	}
}
