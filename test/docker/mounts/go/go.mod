module example.com/buoy

go 1.21

require (
	github.com/google/shlex v0.0.0-20191202100458-e7afc7fbc510
	github.com/kr/text v0.2.0
	github.com/mattn/go-runewidth v0.0.16
	github.com/pmezard/go-difflib v1.0.0
	rsc.io/quote v1.5.2
)

require (
	github.com/rivo/uniseg v0.2.0 // indirect
	golang.org/x/text v0.0.0-20170915032832-14c0d48ead0c // indirect
	rsc.io/sampler v1.3.0 // indirect
)
