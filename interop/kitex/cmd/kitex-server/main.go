// Command kitex-server is a Kitex server of `interop/idl`. It prints `READY <port>` and then one JSON object per line for
// every oneway call, {"event":"notified","token":"…"}. SIGTERM ends it.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/cloudwego/kitex/pkg/klog"
	"github.com/cloudwego/kitex/server"

	"kitex-interop/service"
)

func main() {
	address := flag.String("addr", "127.0.0.1:0", "address to listen on; port 0 is any free one")
	mux := flag.Bool("mux", false, "multiplex: only TTHeader, answers out of order")
	old := flag.Bool("old", false, "serve OldInterop alone")
	checksum := flag.Bool("checksum", false, "CRC-32C of payloads with a TTHeader")
	validator := flag.Bool("validator", false, "a validator of payloads with a TTHeader, `PV_sum`")
	withStdin := flag.Bool("with-stdin", false, "end when standard input ends, so as not to outlive the caller")
	exitWait := flag.Duration("exit-wait", 5*time.Second, "how long calls in progress may take after SIGTERM")
	flag.Parse()
	klog.SetLevel(klog.LevelWarn)
	options := service.Options{Mux: *mux, Old: *old, Checksum: *checksum, Validator: *validator, ExitWait: *exitWait}
	if err := run(*address, *withStdin, options); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(address string, withStdin bool, options service.Options) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	options.Listener = listener

	var output sync.Mutex
	say := func(line string) {
		output.Lock()
		defer output.Unlock()
		fmt.Println(line)
	}
	options.Notified = func(token string) {
		line, _ := json.Marshal(map[string]string{"event": "notified", "token": token})
		say(string(line))
	}
	options.Exit = terminated()
	svr, err := service.New(options)
	if err != nil {
		return err
	}
	if withStdin {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			_ = svr.Stop()
		}()
	}
	server.RegisterStartHook(func() { say(fmt.Sprintf("READY %d", listener.Addr().(*net.TCPAddr).Port)) })
	return svr.Run()
}

// terminated listens for signals from now on, so that none comes too early.
func terminated() <-chan error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	exit := make(chan error, 1)
	go func() {
		<-signals
		exit <- nil
	}()
	return exit
}
