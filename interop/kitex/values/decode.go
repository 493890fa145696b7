package values

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
)

// Decode fills a generated struct from the JSON that Encode describes. Fields that the JSON does not name keep the
// defaults of the IDL; a field that the struct does not have is an error.
func Decode(data []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var tree any
	if err := decoder.Decode(&tree); err != nil {
		return err
	}
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		return fmt.Errorf("cannot decode into %T", into)
	}
	return decode(tree, target.Elem())
}

// withDefaults is what every generated struct has: it sets the default values of the IDL.
type withDefaults interface{ InitDefault() }

func decode(tree any, v reflect.Value) error {
	if tree == nil {
		return nil
	}
	switch v.Kind() {
	case reflect.Pointer:
		target := reflect.New(v.Type().Elem())
		if s, ok := target.Interface().(withDefaults); ok {
			s.InitDefault()
		}
		v.Set(target)
		return decode(tree, target.Elem())
	case reflect.Struct:
		return decodeStruct(tree, v)
	case reflect.Slice:
		return decodeSlice(tree, v)
	case reflect.Map:
		return decodeMap(tree, v)
	}
	return decodeScalar(tree, v)
}

func decodeScalar(tree any, v reflect.Value) error {
	switch value := tree.(type) {
	case bool:
		if v.Kind() == reflect.Bool {
			v.SetBool(value)
			return nil
		}
	case string:
		return decodeText(value, v)
	case json.Number:
		switch v.Kind() {
		case reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
			return setInt(value.String(), v)
		case reflect.Float64:
			f, err := value.Float64()
			v.SetFloat(f)
			return err
		}
	}
	return fmt.Errorf("%v does not fit %s", tree, v.Type())
}

func decodeText(text string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
		return nil
	case reflect.Int64:
		return setInt(text, v)
	case reflect.Float64:
		f, ok := map[string]float64{"NaN": math.NaN(), "Infinity": math.Inf(1), "-Infinity": math.Inf(-1)}[text]
		if ok {
			v.SetFloat(f)
			return nil
		}
	}
	return fmt.Errorf("%q does not fit %s", text, v.Type())
}

func setInt(digits string, v reflect.Value) error {
	n, err := strconv.ParseInt(digits, 10, v.Type().Bits())
	if err != nil {
		return err
	}
	v.SetInt(n)
	return nil
}

func decodeSlice(tree any, v reflect.Value) error {
	if v.Type() == bytesType {
		text, ok := tree.(string)
		if !ok {
			return fmt.Errorf("%v is no base64", tree)
		}
		data, err := base64.StdEncoding.DecodeString(text)
		v.SetBytes(data)
		return err
	}
	items, ok := tree.([]any)
	if !ok {
		return fmt.Errorf("%v is no array", tree)
	}
	out := reflect.MakeSlice(v.Type(), len(items), len(items))
	for i, item := range items {
		if err := decode(item, out.Index(i)); err != nil {
			return fmt.Errorf("[%d]: %w", i, err)
		}
	}
	v.Set(out)
	return nil
}

func decodeMap(tree any, v reflect.Value) error {
	pairs, ok := tree.([]any)
	if !ok {
		return fmt.Errorf("%v is no array of pairs", tree)
	}
	out := reflect.MakeMapWithSize(v.Type(), len(pairs))
	for i, item := range pairs {
		pair, ok := item.([]any)
		if !ok || len(pair) != 2 {
			return fmt.Errorf("[%d] is no pair", i)
		}
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		if err := decode(pair[0], key); err != nil {
			return fmt.Errorf("[%d] key: %w", i, err)
		}
		if err := decode(pair[1], value); err != nil {
			return fmt.Errorf("[%d] value: %w", i, err)
		}
		out.SetMapIndex(key, value)
	}
	v.Set(out)
	return nil
}

func decodeStruct(tree any, v reflect.Value) error {
	object, ok := tree.(map[string]any)
	if !ok {
		return fmt.Errorf("%v is no object", tree)
	}
	fields := map[string]reflect.Value{}
	for i := range v.NumField() {
		if name, ok := fieldName(v.Type().Field(i)); ok {
			fields[name] = v.Field(i)
		}
	}
	for name, value := range object {
		field, ok := fields[name]
		if !ok {
			return fmt.Errorf("%s has no field %q", v.Type().Name(), name)
		}
		if err := decode(value, field); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
