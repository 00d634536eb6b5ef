// More loggers, and errors that know where they were made.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/golang/glog"
	"github.com/hashicorp/go-hclog"
	log15 "github.com/inconshreveable/log15"
	pkgerrors "github.com/pkg/errors"
	"github.com/rs/zerolog"
)

func take(item int) error { return pkgerrors.Errorf("no stock of %d", item) }

func main() {
	switch os.Args[1] {
	case "pkgerrors":
		log.Println("started")
		log.Printf("order failed: %+v", pkgerrors.Wrap(take(3), "order"))
		fmt.Fprintf(os.Stdout, "%+v\n", take(4))
	case "zerolog":
		logger := zerolog.New(zerolog.ConsoleWriter{Out: os.Stderr, NoColor: len(os.Args) < 3}).With().Timestamp().Logger()
		logger.Info().Msg("started")
		logger.Error().Err(errors.New("no stock")).Int("item", 3).Msg("order failed")
		logger.Warn().Msg("slow")
		logger.Panic().Msg("gone")
	case "hclog":
		logger := hclog.New(&hclog.LoggerOptions{Name: "shop"})
		logger.Info("started")
		logger.Error("order failed", "error", take(3), "detail", "two\nlines")
		logger.Warn("slow")
	case "log15":
		logger := log15.New("app", "shop")
		logger.Info("started")
		logger.Error("order failed", "err", errors.New("no stock"))
		logger.Crit("gone")
	case "glog":
		glog.Info("started")
		glog.Error("order failed")
		glog.Warning("two\nlines")
		glog.Fatal("gone")
	}
}
