// Command kitex-client makes Kitex calls that standard input asks for, one JSON object per line, and prints the outcome
// of each as one line, in the order in which they end:
//
//	{"id":1,"op":"dial","client":"a","address":"127.0.0.1:8888","transport":"TTHeader"}
//	{"id":2,"op":"call","client":"a","method":"Ping","arguments":{"text":"hi"},"timeoutMs":1000}
//	{"id":3,"op":"close","client":"a"}
//
// Calls run at the same time; dial and close are done when the next line is read. The fields are those of driver.Dial,
// driver.Call and driver.Answer. The end of the input ends the program, when the last call has.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/cloudwego/kitex/pkg/klog"

	"kitex-interop/driver"
)

type request struct {
	ID     int    `json:"id"`
	Op     string `json:"op"`
	Client string `json:"client"`
	driver.Dial
	driver.Call
}

type reply struct {
	ID int `json:"id"`
	driver.Answer
}

func main() {
	klog.SetLevel(klog.LevelWarn)
	if err := run(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(in io.Reader, out io.Writer) error {
	var calls sync.WaitGroup
	defer calls.Wait()
	say := speaker(out)
	clients := map[string]*driver.Client{}
	input := bufio.NewReader(in)
	for {
		line, err := input.ReadBytes('\n')
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		var r request
		if err := json.Unmarshal(line, &r); err != nil {
			return fmt.Errorf("not a request: %w", err)
		}
		if r.Op == "call" && clients[r.Client] != nil {
			client := clients[r.Client]
			calls.Add(1)
			go func() {
				defer calls.Done()
				say(r.ID, client.Call(r.Call))
			}()
			continue
		}
		if err := manage(clients, r); err != nil {
			say(r.ID, driver.Answer{Error: &driver.Failure{Kind: "other", Message: err.Error()}})
			continue
		}
		say(r.ID, driver.Answer{OK: json.RawMessage("null")})
	}
}

func manage(clients map[string]*driver.Client, r request) error {
	client := clients[r.Client]
	switch {
	case r.Op == "dial" && client == nil:
		client, err := driver.New(r.Dial)
		if err != nil {
			return err
		}
		clients[r.Client] = client
		return nil
	case r.Op == "dial":
		return fmt.Errorf("client %q exists already", r.Client)
	case client == nil:
		return fmt.Errorf("no client %q", r.Client)
	case r.Op == "close":
		delete(clients, r.Client)
		return client.Close()
	}
	return fmt.Errorf("unknown op %q", r.Op)
}

func speaker(out io.Writer) func(int, driver.Answer) {
	var lock sync.Mutex
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return func(id int, answer driver.Answer) {
		lock.Lock()
		defer lock.Unlock()
		if err := encoder.Encode(reply{id, answer}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}
