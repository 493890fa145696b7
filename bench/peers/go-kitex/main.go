// Command kitex-bench is the Go Kitex peer of the benchmark: `kitex-bench server …` and `kitex-bench client …` speak the peer interface of
// bench/README.md.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/cloudwego/kitex/pkg/klog"
)

// options are what the runner appends and what tells the variants apart.
type options struct {
	// connection is mux, pool or framed.
	connection string
	// timeout is the RPC timeout; 0 means none.
	timeout     time.Duration
	port        int
	payload     string
	concurrency int
	connections int
	duration    float64
	warmup      float64
}

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("usage: kitex-bench server|client [options]"))
	}
	var o options
	flags := flag.NewFlagSet(os.Args[1], flag.ExitOnError)
	flags.StringVar(&o.connection, "connection", "mux", "mux, pool or framed")
	flags.DurationVar(&o.timeout, "timeout", 0, "RPC timeout; 0: none")
	flags.IntVar(&o.port, "port", 0, "port of the server; 0: any free one")
	flags.StringVar(&o.payload, "payload", "1k", "64, 1k, 16k or rich")
	flags.IntVar(&o.concurrency, "concurrency", 100, "calls in flight")
	flags.IntVar(&o.connections, "connections", 1, "multiplexed connections")
	flags.Float64Var(&o.duration, "duration", 5, "measured seconds")
	flags.Float64Var(&o.warmup, "warmup", 2, "seconds before them")
	withStdin := flags.Bool("with-stdin", false, "end when standard input ends, so as not to outlive the runner")
	_ = flags.Parse(os.Args[2:])
	klog.SetLevel(klog.LevelError)
	if *withStdin {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			os.Exit(1)
		}()
	}
	var err error
	switch os.Args[1] {
	case "server":
		err = serve(o)
	case "client":
		err = load(o)
	default:
		err = fmt.Errorf("no mode %q: server or client", os.Args[1])
	}
	if err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
