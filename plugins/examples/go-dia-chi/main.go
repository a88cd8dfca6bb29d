// Command go-dia-chi is a plugin of lgspd, and an example: it splits addresses
// that people typed as one text into the parts that a register has.
//
// It promises that no word of an address is lost, and that what it cannot tell
// apart is left as it was written and said to be so, never guessed.
package main

import "lgsp.internal/adapter/plugins"

func main() {
	plugins.ServeAs(plugins.Info{Name: "go-dia-chi", Version: "1.0.0"}, newMapper())
}
