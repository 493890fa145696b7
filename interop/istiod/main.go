// Command istiod runs Istio's discovery server (istiod) on loopback, configured from a folder of YAML files instead
// of a Kubernetes cluster. It is meant for tests of xDS clients.
package main

import (
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	authv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	k8stesting "k8s.io/client-go/testing"

	"istio.io/istio/pilot/pkg/bootstrap"
	kubecontroller "istio.io/istio/pilot/pkg/serviceregistry/kube/controller"
	"istio.io/istio/pkg/cluster"
	"istio.io/istio/pkg/config/schema/collections"
	"istio.io/istio/pkg/kube"
	"istio.io/istio/pkg/kube/kclient/clienttest"
	"istio.io/istio/pkg/log"
	"istio.io/istio/pkg/test"
)

// Istio reads most feature flags while packages are initialised, so they must be in the environment when the process
// starts. Values that the caller has set win.
var defaults = map[string]string{
	"POD_NAME":                       "istiod-local",
	"POD_NAMESPACE":                  "istio-system",
	"CLUSTER_ID":                     "Kubernetes",
	"TOKEN_AUDIENCES":                "istio-ca",
	"ENABLE_LEADER_ELECTION":         "false",
	"INJECT_ENABLED":                 "false",
	"INJECTION_WEBHOOK_CONFIG_NAME":  "",
	"VALIDATION_WEBHOOK_CONFIG_NAME": "",
	"PILOT_ENABLE_GATEWAY_API":       "false",
	"PILOT_DEBOUNCE_AFTER":           "20ms",
	"PILOT_DEBOUNCE_MAX":             "1s",
}

const childMark = "ISTIOD_LOCAL_CHILD"

type options struct {
	dir, mesh, ca, rootOut, level string
	grpcPort, tlsPort, httpPort   int
	withStdin                     bool
}

func main() {
	if os.Getenv(childMark) == "" {
		fail(restartWithDefaults())
	}
	var o options
	flag.StringVar(&o.dir, "dir", "config", "folder with *.yaml files (Kubernetes and Istio objects), watched")
	flag.StringVar(&o.mesh, "mesh", "", "MeshConfig YAML file, watched (default: Istio's built-in defaults)")
	flag.StringVar(&o.ca, "ca", "", "folder with ca-cert.pem, ca-key.pem, cert-chain.pem, root-cert.pem (default: new self-signed root)")
	flag.StringVar(&o.rootOut, "root-cert", "", "file to write the root certificate to")
	flag.StringVar(&o.level, "log", "warn", "log level of istiod: error, warn, info, debug (goes to stderr)")
	flag.IntVar(&o.grpcPort, "grpc", 15010, "plaintext ADS port (0 = any free port)")
	flag.IntVar(&o.tlsPort, "tls", 15012, "TLS port for ADS and certificate signing (0 = any free port)")
	flag.IntVar(&o.httpPort, "http", 15014, "port for /ready and /debug (0 = any free port)")
	flag.BoolVar(&o.withStdin, "with-stdin", false, "end when standard input ends, so as not to outlive the caller")
	flag.Parse()
	if err := run(o); err != nil {
		fail(err)
	}
}

func restartWithDefaults() error {
	env := append(os.Environ(), childMark+"=1")
	for k, v := range defaults {
		if _, ok := os.LookupEnv(k); !ok {
			env = append(env, k+"="+v)
		}
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	return syscall.Exec(self, os.Args, env)
}

func run(o options) error {
	if err := configureLog(o.level); err != nil {
		return err
	}
	if o.mesh != "" {
		if _, err := os.Stat(o.mesh); err != nil {
			return err
		}
	}
	if o.ca == "" {
		empty, err := os.MkdirTemp("", "istiod-ca")
		if err != nil {
			return err
		}
		defer os.RemoveAll(empty)
		o.ca = empty
	}
	os.Setenv("ROOT_CA_DIR", o.ca)

	client := kube.NewFakeClient()
	kubeAPI := client.Kube().(*fake.Clientset)
	kubeAPI.PrependReactor("create", "tokenreviews", reviewToken)
	if err := test.Wrap(func(t test.Failer) {
		for _, s := range collections.Pilot.All() {
			clienttest.MakeCRD(t, client, s.GroupVersionResource())
		}
	}); err != nil {
		return err
	}

	addrs, err := addresses(o.grpcPort, o.tlsPort, o.httpPort)
	if err != nil {
		return err
	}
	grpcAddr, tlsAddr, httpAddr := addrs[0], addrs[1], addrs[2]
	args := bootstrap.NewPilotArgs(func(p *bootstrap.PilotArgs) {
		p.ServerOptions = bootstrap.DiscoveryServerOptions{
			HTTPAddr: httpAddr, GRPCAddr: grpcAddr, SecureGRPCAddr: tlsAddr,
			TLSOptions: bootstrap.TLSOptions{TLSMinVersion: bootstrap.TLSMinVersion1_2},
		}
		p.RegistryOptions.Registries = []string{"Kubernetes"}
		p.RegistryOptions.KubeOptions = kubecontroller.Options{
			DomainSuffix: "cluster.local",
			ClusterID:    cluster.ID(os.Getenv("CLUSTER_ID")),
			Revision:     p.Revision,
		}
		p.MeshConfigFile = o.mesh
		p.ShutdownDuration = time.Second
	})
	if err := args.Complete(); err != nil {
		return err
	}
	server, err := bootstrap.NewServer(args, func(s *bootstrap.Server) { setKubeClient(s, client) })
	if err != nil {
		return err
	}
	objects := &store{tracker: kubeAPI.Tracker(), istio: server.RWConfigStore, objects: map[string]object{}}
	if _, err := objects.load(o.dir); err != nil {
		return err
	}
	stop := make(chan struct{})
	if err := server.Start(stop); err != nil {
		return err
	}
	if o.rootOut != "" {
		if err := os.WriteFile(o.rootOut, server.CA.GetCAKeyCertBundle().GetRootCertPem(), 0o644); err != nil {
			return err
		}
	}
	for deadline := time.Now().Add(30 * time.Second); !ready("http://" + httpAddr + "/ready"); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			return fmt.Errorf("not ready after 30 s")
		}
	}
	say("READY", map[string]any{"grpc": grpcAddr, "tls": tlsAddr, "http": httpAddr, "rootCert": o.rootOut, "objects": len(objects.objects)})

	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	if o.withStdin {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			signals <- syscall.SIGTERM
		}()
	}
	for tick := time.NewTicker(100 * time.Millisecond); ; {
		select {
		case <-signals:
			close(stop)
			server.WaitUntilCompletion()
			return nil
		case <-tick.C:
			changes, err := objects.load(o.dir)
			if err != nil {
				say("ERROR", map[string]any{"error": err.Error()})
			}
			if len(changes) > 0 {
				say("APPLIED", map[string]any{"changes": changes})
			}
		}
	}
}

// reviewToken stands in for the TokenReview of a Kubernetes API server. It looks at the claims only:
// {"sub": "system:serviceaccount:<namespace>:<name>", "aud": ["istio-ca"], "exp": <seconds>}. The signature is not
// checked, so tests can make their own tokens.
func reviewToken(action k8stesting.Action) (bool, runtime.Object, error) {
	review := action.(k8stesting.CreateAction).GetObject().(*authv1.TokenReview).DeepCopy()
	var claims struct {
		Sub string `json:"sub"`
		Aud any    `json:"aud"`
		Exp int64  `json:"exp"`
	}
	if parts := strings.Split(review.Spec.Token, "."); len(parts) == 3 {
		if body, err := base64.RawURLEncoding.DecodeString(parts[1]); err == nil {
			_ = json.Unmarshal(body, &claims)
		}
	}
	subject := strings.Split(claims.Sub, ":")
	switch {
	case len(subject) != 4 || subject[1] != "serviceaccount":
		review.Status.Error = "not a service account token"
	case claims.Exp != 0 && time.Now().Unix() > claims.Exp:
		review.Status.Error = "token has expired"
	case !hasAudience(claims.Aud, review.Spec.Audiences):
		review.Status.Error = fmt.Sprintf("token audiences %v do not match %v", claims.Aud, review.Spec.Audiences)
	default:
		review.Status.Authenticated = true
		review.Status.Audiences = review.Spec.Audiences
		review.Status.User = authv1.UserInfo{
			Username: claims.Sub,
			Groups:   []string{"system:serviceaccounts", "system:serviceaccounts:" + subject[2], "system:authenticated"},
		}
	}
	return true, review, nil
}

func hasAudience(claim any, wanted []string) bool {
	have, ok := claim.([]any)
	if !ok {
		have = []any{claim}
	}
	for _, w := range wanted {
		for _, h := range have {
			if h == w {
				return true
			}
		}
	}
	return len(wanted) == 0
}

func configureLog(level string) error {
	levels := map[string]log.Level{"error": log.ErrorLevel, "warn": log.WarnLevel, "info": log.InfoLevel, "debug": log.DebugLevel}
	l, ok := levels[level]
	if !ok {
		return fmt.Errorf("unknown log level %q", level)
	}
	o := log.DefaultOptions()
	o.OutputPaths = []string{"stderr"}
	if err := log.Configure(o); err != nil {
		return err
	}
	for _, scope := range log.Scopes() {
		scope.SetOutputLevel(l)
	}
	return nil
}

// addresses replaces 0 by free ports; all of them are held until the last one is known.
func addresses(ports ...int) ([]string, error) {
	var out []string
	for _, port := range ports {
		if port == 0 {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				return nil, err
			}
			defer l.Close()
			port = l.Addr().(*net.TCPAddr).Port
		}
		out = append(out, fmt.Sprintf("127.0.0.1:%d", port))
	}
	return out, nil
}

func ready(url string) bool {
	res, err := http.Get(url)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return res.StatusCode == http.StatusOK
}

func say(event string, body map[string]any) {
	data, _ := json.Marshal(body)
	fmt.Println(event, string(data))
}

func fail(err error) {
	say("ERROR", map[string]any{"error": err.Error()})
	os.Exit(1)
}
