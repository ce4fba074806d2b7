package contents_test

import (
	"context"
	"maps"
	"strings"
	"testing"

	"steward/internal/census/contents"
)

func TestRead(t *testing.T) {
	t.Parallel()
	found := contents.Found{}
	list := strings.Join([]string{
		"usr/lib/systemd/system/ssh.service                 net/openssh-server",
		"lib/systemd/system/ssh.service.d/own.conf          net/nothing",
		"lib/systemd/system/boot.target                     admin/nothing",
		"etc/init.d/ssh\tnet/openssh-server,contrib/net/other-server",
		"lib/x86_64-linux-gnu/security/pam_unix.so          libs/libpam-modules",
		"etc/pam.d/sudo                                     admin/sudo",
		"etc/sudoers.d/README                               admin/sudo",
		"usr/share/polkit-1/actions/a b.policy              admin/blanks",
		"usr/share/dbus-1/system-services/x.service         admin/bus",
		"usr/lib/cgi-bin/deep/er/x.cgi                      web/cgi",
		"lib/udev/rules.d/70-x.rules                        admin/udev",
		"usr/bin/thing                                      misc/nothing",
		"usr/share/doc/lib/systemd/system/x.service         doc/nothing",
		"etc/sudoers.d/nobody",
		"etc/init.d/" + strings.Repeat("x", 2<<20) + " net/long",
		"etc/init.d/last                                    net/last",
	}, "\n")
	broken, err := contents.Read(context.Background(), strings.NewReader(list), found)
	if err != nil || broken != 2 {
		t.Errorf("%d broken, %v", broken, err)
	}
	want := contents.Found{
		"openssh-server": contents.Unit | contents.Script, "other-server": contents.Script, "libpam-modules": contents.PAM,
		"sudo": contents.PAM | contents.Sudoers, "blanks": contents.Polkit, "bus": contents.DBus, "cgi": contents.CGI,
		"udev": contents.Udev, "last": contents.Script,
	}
	if !maps.Equal(found, want) {
		t.Errorf("found %v", found)
	}
	if n := (found["sudo"] & contents.Privileged).Count(); n != 2 {
		t.Errorf("sudo has %d kinds of doors", n)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("etc/init.d/x  net/x\n")
	f.Add("etc/init.d/\t,,/,\n\n \n")
	f.Fuzz(func(t *testing.T, list string) {
		found := contents.Found{}
		if _, err := contents.Read(context.Background(), strings.NewReader(list), found); err != nil {
			t.Fatal(err)
		}
		for name, kinds := range found {
			if name == "" || kinds == 0 {
				t.Errorf("%q: %v", name, kinds)
			}
		}
	})
}
