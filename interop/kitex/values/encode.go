// Package values turns the structs that Kitex generates into JSON and back, without losing anything that JSON has no
// word for. A test in another language can so say what to send and see what arrived:
//
//	struct      object, keys as in the IDL; what is not set is left out
//	union       object with one key
//	i64         string of digits; all other integers and enums are numbers
//	double      number, or "NaN", "Infinity", "-Infinity"
//	binary      string, base64
//	list, set   array
//	map         array of [key, value] pairs, sorted by the key's JSON
package values

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"sort"
	"strconv"
	"strings"
)

// Encode returns the JSON of a generated struct, or of a value inside one.
func Encode(value any) (json.RawMessage, error) {
	tree, err := encode(reflect.ValueOf(value))
	if err != nil {
		return nil, err
	}
	return json.Marshal(tree)
}

var bytesType = reflect.TypeFor[[]byte]()

func encode(v reflect.Value) (any, error) {
	switch v.Kind() {
	case reflect.Invalid:
		return nil, nil
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil, nil
		}
		return encode(v.Elem())
	case reflect.Bool:
		return v.Bool(), nil
	case reflect.Int64:
		// An enum is an int64 in Go, but an i32 in the IDL and on the wire.
		if isEnum(v.Type()) {
			return v.Int(), nil
		}
		return strconv.FormatInt(v.Int(), 10), nil
	case reflect.Int8, reflect.Int16, reflect.Int32:
		return v.Int(), nil
	case reflect.Float64:
		return encodeDouble(v.Float()), nil
	case reflect.String:
		return v.String(), nil
	case reflect.Slice:
		return encodeSlice(v)
	case reflect.Map:
		return encodeMap(v)
	case reflect.Struct:
		return encodeStruct(v)
	}
	return nil, fmt.Errorf("no JSON form for Go type %s", v.Type())
}

// isEnum tells a generated enum from a typedef of i64: only the enum prints its names.
func isEnum(t reflect.Type) bool {
	return t.Implements(reflect.TypeFor[fmt.Stringer]())
}

func encodeDouble(f float64) any {
	switch {
	case math.IsNaN(f):
		return "NaN"
	case math.IsInf(f, 1):
		return "Infinity"
	case math.IsInf(f, -1):
		return "-Infinity"
	}
	return f
}

func encodeSlice(v reflect.Value) (any, error) {
	if v.Type() == bytesType {
		return base64.StdEncoding.EncodeToString(v.Bytes()), nil
	}
	items := make([]any, v.Len())
	for i := range items {
		item, err := encode(v.Index(i))
		if err != nil {
			return nil, err
		}
		items[i] = item
	}
	return items, nil
}

func encodeMap(v reflect.Value) (any, error) {
	type pair struct {
		sortKey string
		value   [2]any
	}
	pairs := make([]pair, 0, v.Len())
	for it := v.MapRange(); it.Next(); {
		key, err := encode(it.Key())
		if err != nil {
			return nil, err
		}
		value, err := encode(it.Value())
		if err != nil {
			return nil, err
		}
		sortKey, err := json.Marshal(key)
		if err != nil {
			return nil, err
		}
		pairs = append(pairs, pair{string(sortKey), [2]any{key, value}})
	}
	sort.Slice(pairs, func(i, j int) bool { return pairs[i].sortKey < pairs[j].sortKey })
	out := make([][2]any, len(pairs))
	for i, p := range pairs {
		out[i] = p.value
	}
	return out, nil
}

func encodeStruct(v reflect.Value) (any, error) {
	out := map[string]any{}
	for i := range v.NumField() {
		name, ok := fieldName(v.Type().Field(i))
		if !ok || isUnset(v.Field(i)) {
			continue
		}
		value, err := encode(v.Field(i))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		out[name] = value
	}
	return out, nil
}

func isUnset(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return v.IsNil()
	}
	return false
}

// fieldName is the name in the IDL, which is the first part of the tag `thrift:"name,id,requiredness"`.
func fieldName(f reflect.StructField) (string, bool) {
	tag, ok := f.Tag.Lookup("thrift")
	if !ok {
		return "", false
	}
	name, _, _ := strings.Cut(tag, ",")
	return name, true
}
