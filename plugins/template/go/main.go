// Command ten-plugin is a plugin of lgspd.
package main

import "lgsp.internal/adapter/plugins"

func main() { plugins.ServeAs(plugins.Info{Name: "ten-plugin", Version: "0.1.0"}, mapper{}) }
