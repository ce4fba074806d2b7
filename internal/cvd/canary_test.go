package cvd

import (
	"fmt"
	"reflect"
	"strings"
	"time"
)

// canaries fills every field of a value, however deep, with something that is
// found again by its text: strings and numbers with a serial, times with a day
// of their own. It tells for each where it was put.
type canaries struct {
	n    int
	sign string            // the beginning of every string
	at   map[string]string // by what to look for in JSON: the path
}

func fillWithCanaries(v any, sign string) canaries {
	c := canaries{sign: sign, at: map[string]string{}}
	c.fill(reflect.ValueOf(v).Elem(), "")
	return c
}

func (c *canaries) fill(v reflect.Value, path string) {
	c.n++
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = time.Date(2100, 1, c.n, 0, 0, 0, 0, time.UTC)
		c.at[x.Format(`2006-01-02T`)] = path
		return
	}
	switch v.Kind() {
	case reflect.String:
		s := fmt.Sprintf("%s%dx", c.sign, c.n)
		v.SetString(s)
		c.at[s] = path
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(770_000_000 + c.n))
		c.at[fmt.Sprint(770_000_000+c.n)] = path
	case reflect.Bool:
		v.SetBool(false) // a false agreement lets nothing out
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		c.fill(v.Elem(), path)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		c.fill(v.Index(0), path+"[]")
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		c.fill(key, path+"[]")
		c.fill(value, path+"[]")
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	case reflect.Struct:
		for i := range v.NumField() {
			name := v.Type().Field(i).Name
			if v.Type().Field(i).Anonymous {
				c.fill(v.Field(i), path)
			} else {
				c.fill(v.Field(i), strings.TrimPrefix(path+"."+name, "."))
			}
		}
	default:
		panic("no canary for a " + v.Kind().String() + " at " + path)
	}
}

// found lists the places of the canaries that a text holds.
func (c *canaries) found(text string) map[string]bool {
	out := map[string]bool{}
	for canary, path := range c.at {
		if strings.Contains(text, canary) {
			out[path] = true
		}
	}
	return out
}
