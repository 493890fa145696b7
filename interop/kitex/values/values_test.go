package values_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"kitex-interop/generated/interop"
	"kitex-interop/values"
)

const everything = `{
	"yes": true, "tiny": -128, "small": 127, "short": -32768, "medium": 2147483647, "large": "-9223372036854775808",
	"real": "-Infinity", "text": "žluťoučký 🐎 \u0000", "raw": "AP+A", "color": -5, "user": "9007199254740993",
	"point": {"x": 1, "y": -1}, "maybeRaw": "", "maybeReal": 1e-300, "maybeColor": 77,
	"mustYes": false, "mustLarge": "0", "mustText": "", "mustList": [],
	"cube": [[[1, 2], []], []], "raws": ["", "AA=="], "reals": ["NaN", 0.1],
	"ids": ["1", "2"], "places": [["-1", {"x": 1, "y": 2, "label": "p"}], ["5", {"x": 0, "y": 0}]],
	"flags": [[false, 0], [true, 1]], "deep": [["a", [[1, ["x", "y"]], [2, []]]]],
	"shape": {"polygon": [1, 2, 3]}, "shapes": [{"handle": "5"}, {"raw": "AQ=="}],
	"tree": {"value": "root", "left": {"value": "leaf"}, "others": [{"value": "other"}]}
}`

func TestRoundTrip(t *testing.T) {
	decoded := interop.NewEverything()
	if err := values.Decode([]byte(everything), decoded); err != nil {
		t.Fatal(err)
	}
	if decoded.Large != -1<<63 || decoded.Color != interop.Color_BLUE || *decoded.Places[-1].Label != "p" {
		t.Fatalf("decoded %+v", decoded)
	}
	encoded, err := values.Encode(decoded)
	if err != nil {
		t.Fatal(err)
	}
	var want, got map[string]any
	_ = json.Unmarshal([]byte(everything), &want)
	_ = json.Unmarshal(encoded, &got)
	for name, value := range want {
		if !reflect.DeepEqual(got[name], value) {
			t.Errorf("%s: got %v, want %v", name, got[name], value)
		}
	}
	if _, ok := got["maybeYes"]; ok {
		t.Error("an unset optional field appeared")
	}
}

func TestDecodeKeepsDefaults(t *testing.T) {
	args := interop.NewInteropEchoDefaultsArgs()
	if err := values.Decode([]byte(`{"request": {"number": 1}}`), args); err != nil {
		t.Fatal(err)
	}
	if args.Request.Number != 1 || args.Request.Large != -9007199254740993 || args.Request.MaybeText != "maybe" {
		t.Errorf("decoded %+v", args.Request)
	}
}

func TestDecodeRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"unknown field":   `{"nope": 1}`,
		"wrong type":      `{"yes": "true"}`,
		"number too big":  `{"tiny": 128}`,
		"fraction":        `{"medium": 1.5}`,
		"bad base64":      `{"raw": "?"}`,
		"object for map":  `{"labels": {"a": "b"}}`,
		"array of three":  `{"labels": [["a", "b", "c"]]}`,
		"text for list":   `{"tags": "a"}`,
		"number for text": `{"text": 1}`,
	} {
		if err := values.Decode([]byte(text), interop.NewEverything()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
