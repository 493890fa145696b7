package driver_test

import (
	"encoding/json"
	"fmt"
	"net"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cloudwego/kitex/pkg/klog"

	"kitex-interop/driver"
	"kitex-interop/service"
)

// A handler that panics on purpose, and connections that end, would fill the output with stacks.
func TestMain(m *testing.M) {
	klog.SetLevel(klog.LevelFatal)
	m.Run()
}

// combination is one way to reach a server.
type combination struct {
	transport, pool string
	mux             bool
}

func (c combination) String() string {
	if c.mux {
		return c.transport + "/mux"
	}
	return c.transport + "/" + c.pool
}

func (c combination) hasHeader() bool { return strings.HasPrefix(c.transport, "TTHeader") }

var combinations = []combination{
	{"PurePayload", "short", false}, {"PurePayload", "long", false},
	{"Framed", "short", false}, {"Framed", "long", false},
	{"TTHeader", "short", false}, {"TTHeader", "long", false}, {"TTHeader", "", true},
	{"TTHeaderFramed", "short", false}, {"TTHeaderFramed", "long", false}, {"TTHeaderFramed", "", true},
}

// peers are the two ends of one combination.
type peers struct {
	combination
	address  string
	client   *driver.Client
	notified chan string
}

func start(t *testing.T, o service.Options) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.Listener, o.ExitWait = listener, time.Second
	svr, err := service.New(o)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- svr.Run() }()
	t.Cleanup(func() {
		if err := svr.Stop(); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return listener.Addr().String()
}

func dial(t *testing.T, d driver.Dial) *driver.Client {
	t.Helper()
	client, err := driver.New(d)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func forEach(t *testing.T, test func(t *testing.T, p peers)) {
	forEachOf(t, combinations, test)
}

func forEachOf(t *testing.T, combinations []combination, test func(t *testing.T, p peers)) {
	for _, c := range combinations {
		t.Run(c.String(), func(t *testing.T) {
			notified := make(chan string, 1)
			address := start(t, service.Options{Mux: c.mux, Notified: func(token string) { notified <- token }})
			client := dial(t, driver.Dial{
				Address: address, Transport: c.transport, Pool: c.pool, Mux: c.mux, Caller: "tester",
			})
			test(t, peers{c, address, client, notified})
		})
	}
}

func (p peers) call(method, arguments string) driver.Answer {
	return p.client.Call(driver.Call{Method: method, Arguments: json.RawMessage(arguments), TimeoutMs: 10_000})
}

func expectJSON(t *testing.T, got json.RawMessage, want string) {
	t.Helper()
	var g, w any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(got, &g); err != nil || !reflect.DeepEqual(g, w) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func expectOK(t *testing.T, a driver.Answer, want string) {
	t.Helper()
	if a.Error != nil {
		t.Fatalf("failed: %+v", a.Error)
	}
	expectJSON(t, a.OK, want)
}

func expectFailure(t *testing.T, a driver.Answer, kind, message string) *driver.Failure {
	t.Helper()
	if a.Error == nil || a.Error.Kind != kind || !strings.Contains(a.Error.Message, message) {
		t.Fatalf("got %s %+v, want a failure of kind %s with %q", a.OK, a.Error, kind, message)
	}
	return a.Error
}

func TestResults(t *testing.T) {
	forEach(t, func(t *testing.T, p peers) {
		expectOK(t, p.call("Ping", `{"text": "inherited"}`), `"inherited"`)
		expectOK(t, p.call("Nothing", ``), `null`)
		expectOK(t, p.call("Join", `{"first": "a", "second": 2, "rest": ["b", "c"], "flag": true}`), `"a/2/b,c/true"`)
		expectOK(t, p.call("Payload", `{"size": 3}`), `"AAEC"`)

		everything := p.call("EchoEverything", `{"request": {
			"point": {"x": 1, "y": 2}, "mustYes": true, "mustLarge": "-1", "mustText": "m", "mustList": [1], "negativeId": "n", "largestId": "l",
			"shape": {"point": {"x": 1, "y": 2}}, "byColor": [[1, ["r"]], [2147483647, []]], "tree": {"value": "t"}}}`)
		if everything.Error != nil {
			t.Fatalf("failed: %+v", everything.Error)
		}
		var fields map[string]json.RawMessage
		_ = json.Unmarshal(everything.OK, &fields)
		expectJSON(t, fields["byColor"], `[[1, ["r"]], [2147483647, []]]`)
		expectJSON(t, fields["shape"], `{"point": {"x": 1, "y": 2}}`)
		expectJSON(t, fields["negativeId"], `"n"`)
		// Default requiredness: what was not set is sent empty, so a struct with required fields cannot be left out.
		expectJSON(t, fields["tags"], `[]`)
		withoutPoint := p.call("EchoEverything", `{"request": {"mustYes": true, "mustLarge": "0", "mustText": "", "mustList": []}}`)
		expectFailure(t, withoutPoint, "application", "field 12 'point' error: required field x is not set")

		defaults := `{"yes": true, "number": 42, "large": "-9007199254740993", "real": 2.5, "text": "none", "color": 2,
			"names": ["ann", "bo"], "scores": [["a", 1]], "maybeNumber": 7, "maybeText": "maybe", "maybeNumbers": [1, 2, 3],
			"must": 3, "digits": [1, 2]}`
		expectOK(t, p.call("MakeDefaults", ``), defaults)
		expectOK(t, p.call("EchoDefaults", `{"request": {}}`), defaults)
	})
}

func TestLargePayload(t *testing.T) {
	forEach(t, func(t *testing.T, p peers) {
		answer := p.call("Payload", `{"size": 16777216}`)
		if answer.Error != nil {
			t.Fatalf("failed: %+v", answer.Error)
		}
		echo := p.call("EchoBinary", `{"payload": `+string(answer.OK)+`}`)
		if string(echo.OK) != string(answer.OK) {
			t.Errorf("the echo differs: %+v", echo.Error)
		}
	})
}

func TestOneway(t *testing.T) {
	forEach(t, func(t *testing.T, p peers) {
		expectOK(t, p.call("Notify", `{"token": "t"}`), `null`)
		select {
		case token := <-p.notified:
			if token != "t" {
				t.Errorf("got %q", token)
			}
		case <-time.After(10 * time.Second):
			t.Error("the oneway call did not arrive")
		}
	})
}

func TestExceptions(t *testing.T) {
	forEach(t, func(t *testing.T, p peers) {
		for _, method := range []string{"Find", "Verify"} {
			missing := expectFailure(t, p.call(method, `{"name": "missing"}`), "exception", "")
			if missing.Name != "NotFound" {
				t.Errorf("got %s", missing.Name)
			}
			expectJSON(t, missing.Value, `{"name": "missing", "searched": "1099511627776", "near": {"x": 1, "y": -1}}`)
			forbidden := expectFailure(t, p.call(method, `{"name": "forbidden"}`), "exception", "")
			expectJSON(t, forbidden.Value, `{"reason": "not yours", "missingRoles": ["owner", "admin"]}`)
		}
		expectOK(t, p.call("Find", `{"name": "it"}`), `"found it"`)
		expectOK(t, p.call("Verify", `{"name": "it"}`), `null`)
	})
}

func TestApplicationExceptions(t *testing.T) {
	forEach(t, func(t *testing.T, p peers) {
		expectType := func(a driver.Answer, id int32, message string) {
			t.Helper()
			if f := expectFailure(t, a, "application", message); *f.TypeID != id {
				t.Errorf("got type %d, want %d: %s", *f.TypeID, id, f.Message)
			}
		}
		expectType(p.call("Fail", `{"failure": {"kind": 1, "message": "boom"}}`), 6, "biz error: boom")
		expectType(p.call("Fail", `{"failure": {"kind": 2, "message": "boom", "typeId": 77}}`), 77, "boom [biz error]")
		expectType(p.call("Fail", `{"failure": {"kind": 3, "message": "boom"}}`), 6, "happened in biz handler")

		greeter := dial(t, driver.Dial{
			Address: start(t, service.Options{Mux: p.mux, Old: true}), Service: "GreetService",
			Transport: p.transport, Pool: p.pool, Mux: p.mux,
		})
		hello := driver.Call{Method: "SayHello1", Arguments: json.RawMessage(`{"request": {}}`), TimeoutMs: 10_000}
		expectType(greeter.Call(hello), 20, "unknown service")

		newer := dial(t, driver.Dial{
			Address: p.address, Service: "NewInterop", Transport: p.transport, Pool: p.pool, Mux: p.mux,
		})
		added := newer.Call(driver.Call{Method: "Added", Arguments: json.RawMessage(`{"text": ""}`), TimeoutMs: 10_000})
		if p.hasHeader() {
			expectType(added, 1, "unknown method Added (service Interop)")
		} else {
			// Without a header nobody knows which service is meant.
			expectType(added, 20, "unknown service , method Added")
		}

		old := dial(t, driver.Dial{
			Address: p.address, Service: "OldInterop", Transport: p.transport, Pool: p.pool, Mux: p.mux,
		})
		complete := driver.Call{
			Method: "EchoEverything", TimeoutMs: 10_000,
			Arguments: json.RawMessage(`{"request": {"medium": 5, "point": {"x": 1, "y": 2}, "mustYes": true, "mustLarge": "1", "mustText": "m", "mustList": [1]}}`),
		}
		expectOK(t, old.Call(complete), `{"medium": 5, "text": "", "point": {"x": 1, "y": 2},
			"mustYes": true, "mustLarge": "1", "mustText": "m", "mustList": [1]}`)
		incomplete := complete
		incomplete.Arguments = json.RawMessage(`{"request": {}}`)
		expectType(old.Call(incomplete), 7, "required field")
	})
}

func TestSecondServiceOfTheSameServer(t *testing.T) {
	forEach(t, func(t *testing.T, p peers) {
		greeter := dial(t, driver.Dial{
			Address: p.address, Service: "GreetService", Transport: p.transport, Pool: p.pool, Mux: p.mux,
		})
		hello := driver.Call{Method: "SayHello2", Arguments: json.RawMessage(`{"request": {"Message": "you"}}`)}
		expectOK(t, greeter.Call(hello), `{"Message": "hello 2 you"}`)
	})
}

func TestBusinessErrors(t *testing.T) {
	forEach(t, func(t *testing.T, p peers) {
		answer := p.call("Refuse", `{"business": {"code": -404, "message": "žádný <b>", "extra": [["k", "v&w"]]}}`)
		if !p.hasHeader() {
			// The loss that Kitex's documentation warns of.
			expectOK(t, answer, `null`)
			return
		}
		failure := expectFailure(t, answer, "biz", "žádný <b>")
		if failure.Code != -404 || !reflect.DeepEqual(failure.Extra, map[string]string{"k": "v&w"}) {
			t.Errorf("got %+v", failure)
		}
	})
}

func TestTimeout(t *testing.T) {
	forEach(t, func(t *testing.T, p peers) {
		slow := driver.Call{Method: "Sleep", Arguments: json.RawMessage(`{"milliseconds": 300}`), TimeoutMs: 50}
		expectFailure(t, p.client.Call(slow), "timeout", "rpc timeout")
		expectOK(t, p.call("Ping", `{"text": "after"}`), `"after"`)
	})
}

func TestMetaInfo(t *testing.T) {
	forEach(t, func(t *testing.T, p peers) {
		call := driver.Call{Method: "Observe", Arguments: json.RawMessage(`{"backward": [["b", "back"]]}`), TimeoutMs: 9000}
		call.MetaInfo.Transient = map[string]string{"t": "once"}
		call.MetaInfo.Persistent = map[string]string{"p": "always"}
		answer := p.client.Call(call)
		if !p.hasHeader() {
			expectOK(t, answer, `{"transient": [], "persistent": [], "callerService": "", "callerMethod": "", "timeoutMs": "0"}`)
			return
		}
		expectOK(t, answer, `{"transient": [["t", "once"]], "persistent": [["p", "always"]],
			"callerService": "tester", "callerMethod": "", "timeoutMs": "9000"}`)
		if answer.Backward["b"] != "back" {
			t.Errorf("backward %v", answer.Backward)
		}
	})
}

func TestMetaInfoOverTwoHops(t *testing.T) {
	withoutHeader := func(c combination) bool { return !c.hasHeader() }
	forEachOf(t, slices.DeleteFunc(slices.Clone(combinations), withoutHeader), func(t *testing.T, p peers) {
		last := start(t, service.Options{})
		call := driver.Call{Method: "Chain", TimeoutMs: 9000, Arguments: json.RawMessage(fmt.Sprintf(`{"request": {
			"address": %q, "transient": [["t2", "second"]], "persistent": [["p2", "on"]], "backward": [["b", "v"]]}}`, last))}
		call.MetaInfo.Transient = map[string]string{"t1": "first"}
		call.MetaInfo.Persistent = map[string]string{"p1": "all"}
		answer := p.client.Call(call)
		expectOK(t, answer, `{
			"middle": {"transient": [["t1", "first"]], "persistent": [["p1", "all"]],
				"callerService": "tester", "callerMethod": "", "timeoutMs": "9000"},
			"last": {"transient": [["t2", "second"]], "persistent": [["p1", "all"], ["p2", "on"]],
				"callerService": "middle", "callerMethod": "Chain", "timeoutMs": "10000"},
			"backward": [["last.b", "v"]]}`)
		if answer.Backward["middle.b"] != "v" || answer.Backward["last.b"] != "" {
			t.Errorf("backward %v", answer.Backward)
		}
	})
}

func TestConcurrentCalls(t *testing.T) {
	forEach(t, func(t *testing.T, p peers) {
		var calls sync.WaitGroup
		for i := range 200 {
			calls.Add(1)
			go func() {
				defer calls.Done()
				if answer := p.call("Ping", fmt.Sprintf(`{"text": "%d"}`, i)); string(answer.OK) != fmt.Sprintf(`"%d"`, i) {
					t.Errorf("call %d: %s %+v", i, answer.OK, answer.Error)
				}
			}()
		}
		calls.Wait()
	})
}
