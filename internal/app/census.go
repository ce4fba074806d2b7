package app

import (
	"net/http"
	"path/filepath"

	"steward/internal/base/checkup"
	"steward/internal/census/report"
	"steward/internal/config"
)

// censusPath is where the report of a census is read.
const censusPath = "/census/"

// census is the folder of a census's report; empty: there is none.
func (d Dir) census(c config.Census) string {
	if c.Report == "" || filepath.IsAbs(c.Report) {
		return c.Report
	}
	return d.path(c.Report)
}

// census serves the report; nil: none is set. One that is missing keeps no report
// of a vulnerability out: it is told in the log and by the doctor.
func (a *App) census() func(http.ResponseWriter, *http.Request, string) error {
	dir := a.Dir.census(a.Config.Census)
	if dir == "" {
		return nil
	}
	if err := report.Check(dir); err != nil {
		a.log.Error("the census is not shown", "error", err)
	}
	f := report.Folder{Dir: dir, Cache: "private, no-cache"}
	if a.Config.Census.Public() {
		f.Cache = "no-cache"
	}
	return f.Serve
}

// census looks whether the report is there that is to be shown.
func (e *exam) census() {
	const about = "census"
	dir := e.dir.census(e.config.Census)
	if dir == "" {
		return
	}
	if err := report.Check(dir); err != nil {
		e.add(checkup.Bad(about, "Make the report, or take [census] out of steward.toml.", "%s", brief(err)).By("steward census run --html %s", dir))
		return
	}
	who := "the team"
	if e.config.Census.Public() {
		who = "everyone"
	}
	e.add(checkup.Fine(about, "%s is shown to %s at %s%s.", dir, who, e.config.BaseURL, censusPath))
}
