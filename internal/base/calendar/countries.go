package calendar

import (
	"github.com/rickar/cal/v2"
	"github.com/rickar/cal/v2/ar"
	"github.com/rickar/cal/v2/at"
	"github.com/rickar/cal/v2/au"
	"github.com/rickar/cal/v2/be"
	"github.com/rickar/cal/v2/bg"
	"github.com/rickar/cal/v2/br"
	"github.com/rickar/cal/v2/ca"
	"github.com/rickar/cal/v2/ch"
	"github.com/rickar/cal/v2/cz"
	"github.com/rickar/cal/v2/de"
	"github.com/rickar/cal/v2/dk"
	"github.com/rickar/cal/v2/es"
	"github.com/rickar/cal/v2/fr"
	"github.com/rickar/cal/v2/gb"
	"github.com/rickar/cal/v2/gr"
	"github.com/rickar/cal/v2/hr"
	"github.com/rickar/cal/v2/ie"
	"github.com/rickar/cal/v2/it"
	"github.com/rickar/cal/v2/jp"
	"github.com/rickar/cal/v2/lt"
	"github.com/rickar/cal/v2/lv"
	"github.com/rickar/cal/v2/mw"
	"github.com/rickar/cal/v2/nc"
	"github.com/rickar/cal/v2/nl"
	"github.com/rickar/cal/v2/no"
	"github.com/rickar/cal/v2/nz"
	"github.com/rickar/cal/v2/pl"
	"github.com/rickar/cal/v2/ro"
	"github.com/rickar/cal/v2/ru"
	"github.com/rickar/cal/v2/se"
	"github.com/rickar/cal/v2/si"
	"github.com/rickar/cal/v2/sk"
	"github.com/rickar/cal/v2/ua"
	"github.com/rickar/cal/v2/us"
	"github.com/rickar/cal/v2/za"
)

// holidayCountries are the countries that the library knows, by ISO 3166-1
// code. Of Australia, where the states differ, only what all of them keep.
var holidayCountries = map[string]country{
	"AR": {"Argentina", ar.Holidays},
	"AT": {"Austria", at.Holidays},
	"AU": {"Australia", []*cal.Holiday{au.NewYear, au.AustraliaDay, au.GoodFriday, au.EasterMonday, au.AnzacDay, au.ChristmasDay, au.BoxingDay}},
	"BE": {"Belgium", be.Holidays},
	"BG": {"Bulgaria", bg.Holidays},
	"BR": {"Brazil", br.Holidays},
	"CA": {"Canada", ca.Holidays},
	"CH": {"Switzerland", ch.Holidays},
	"CZ": {"Czechia", cz.Holidays},
	"DE": {"Germany", de.Holidays},
	"DK": {"Denmark", dk.Holidays},
	"ES": {"Spain", es.Holidays},
	"FR": {"France", fr.Holidays},
	"GB": {"the United Kingdom", gb.Holidays},
	"GR": {"Greece", gr.Holidays},
	"HR": {"Croatia", hr.Holidays},
	"IE": {"Ireland", ie.Holidays},
	"IT": {"Italy", it.Holidays},
	"JP": {"Japan", jp.Holidays},
	"LT": {"Lithuania", lt.Holidays},
	"LV": {"Latvia", lv.Holidays},
	"MW": {"Malawi", mw.Holidays},
	"NC": {"New Caledonia", nc.Holidays},
	"NL": {"the Netherlands", nl.Holidays},
	"NO": {"Norway", no.Holidays},
	"NZ": {"New Zealand", nz.Holidays},
	"PL": {"Poland", pl.Holidays},
	"RO": {"Romania", ro.Holidays},
	"RU": {"Russia", ru.Holidays},
	"SE": {"Sweden", se.Holidays},
	"SI": {"Slovenia", si.Holidays},
	"SK": {"Slovakia", sk.Holidays},
	"UA": {"Ukraine", ua.Holidays},
	"US": {"the United States", us.Holidays},
	"ZA": {"South Africa", za.Holidays},
}
