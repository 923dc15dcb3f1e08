package main

import (
	"fmt"

	"github.com/google/shlex"
	"github.com/mattn/go-runewidth"
	"github.com/pmezard/go-difflib/difflib"
	"github.com/kr/text"
	"rsc.io/quote"
)

func main() {
	words, _ := shlex.Split(quote.Go())
	fmt.Println(runewidth.StringWidth(quote.Hello()), len(words), difflib.SplitLines("buoy")[0], text.Wrap("a red buoy", 6))
}
