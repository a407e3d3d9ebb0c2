#!/bin/sh
# Installs bgpd on a host, upgrades it, or takes it away again; docs/installing.md tells the same in words.

set -eu
umask 022

usage() {
    cat <<'END'
usage: install.sh [--from WHAT] [--prefix DIR] [--python PYTHON]
       install.sh --uninstall [--purge] [--prefix DIR]

Installs bgpd in a virtual environment of its own, with the commands in /usr/local/bin, manual pages, completion
for shells, the user bgpd, a first /etc/bgpd/bgpd.toml and a unit for systemd. Run it again to upgrade. It starts
nothing, and no configuration that is there is changed.

  --from WHAT      a folder with the source, a wheel, or what else pip takes; default: the folder this script is in
  --prefix DIR     where the virtual environment is; default: /opt/bgpd
  --python PYTHON  Python 3.11 or newer to make it with; default: the first that is found
  --uninstall      stop the daemon, withdraw its routes, and remove what was installed but /etc/bgpd and the user
  --purge          remove these, too
END
}

say() { echo "install.sh: $*"; }
fail() { echo "install.sh: $*" >&2; exit 1; }

prefix=/opt/bgpd
configuration=/etc/bgpd
commands=/usr/local/bin
shared=/usr/local/share
units=/usr/local/lib/systemd/system
sysusers=/usr/local/lib/sysusers.d
origin='' python='' uninstall='' purge='' scratch=''

# The first Python that is new enough and can make virtual environments.
find_python() {
    for each in ${python:-python3 python3.13 python3.12 python3.11}; do
        "$each" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$each" && return
    done
    fail "${python:-no python3 on the path} is not Python 3.11 or newer with the modules venv and ensurepip; on Debian:" \
        "apt-get install python3-venv"
}

find_origin() {
    [ -z "$origin" ] || return 0
    origin=$(cd "$(dirname "$0")/../.." && pwd)
    [ -f "$origin/pyproject.toml" ] || fail "there is no source around this script: name a wheel with --from"
}

# A folder is built elsewhere, so that nothing is left in it.
build() {
    say "building a wheel of $origin"
    mkdir "$scratch/source"
    (cd "$origin" && tar -cf - --exclude=./.git --exclude=./.venv --exclude=./.cache --exclude=./build .) \
        | (cd "$scratch/source" && tar -xf -)
    pip wheel --no-deps --wheel-dir "$scratch" "$scratch/source"
    origin=$(echo "$scratch"/bgpd-*.whl)
}

pip() { "$prefix/bin/python" -m pip --quiet --disable-pip-version-check "$@"; }

install_package() {
    base=$(find_python)
    if ! "$prefix/bin/python" -m pip --version >/dev/null 2>&1; then
        say "making a virtual environment in $prefix, with $("$base" --version)"
        "$base" -m venv --clear "$prefix"
    fi
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    if [ -d "$origin" ]; then build; fi
    say "installing $(basename "$origin") into $prefix"
    if [ -x "$prefix/bin/bgpd" ]; then
        pip install --force-reinstall --no-deps "$origin"    # the same version, but perhaps another content
    fi
    pip install "$origin"
}

make_user() {
    mkdir -p "$sysusers"
    cp "$prefix/share/bgpd/bgpd.sysusers" "$sysusers/bgpd.conf"
    if getent passwd bgpd >/dev/null; then return; fi
    say "making the user bgpd"
    if command -v systemd-sysusers >/dev/null; then
        systemd-sysusers "$sysusers/bgpd.conf"
    else
        useradd --system --user-group --no-create-home --home-dir /run/bgpd --shell /usr/sbin/nologin \
            --comment 'BGP daemon' bgpd
    fi
}

# Each file that the wheel brought for the shells and for man, as a path below share.
brought() { (cd "$prefix/share" && find man bash-completion zsh fish -type f); }

link() { mkdir -p "$(dirname "$2")" && ln -sfn "$1" "$2"; }

make_links() {
    say "linking commands into $commands, manual pages and completion into $shared"
    for each in bgpd bgpdcl; do link "$prefix/bin/$each" "$commands/$each"; done
    brought | while read -r each; do link "$prefix/share/$each" "$shared/$each"; done
}

remove_links() {
    for each in bgpd bgpdcl; do unlink_ours "$prefix/bin/$each" "$commands/$each"; done
    brought | while read -r each; do unlink_ours "$prefix/share/$each" "$shared/$each"; done
}

unlink_ours() {
    if [ "$(readlink "$2" 2>/dev/null)" = "$1" ]; then rm "$2"; fi
}

make_configuration() {
    if [ ! -d "$configuration" ]; then
        install -d -m 0750 -o root -g bgpd "$configuration"
    fi
    if [ -e "$configuration/bgpd.toml" ]; then
        say "$configuration/bgpd.toml is there already, and stays as it is"
    else
        say "writing a first $configuration/bgpd.toml, without any neighbor"
        install -m 0640 -o root -g bgpd "$prefix/share/bgpd/examples/default.toml" "$configuration/bgpd.toml"
    fi
}

has_systemd() { command -v systemctl >/dev/null; }

install_unit() {
    if ! has_systemd; then
        say "there is no systemctl here, so no unit is installed; see docs/installing.md"
        return
    fi
    say "installing the unit $units/bgpd.service"
    mkdir -p "$units"
    cp "$prefix/share/bgpd/bgpd.service" "$units/bgpd.service"
    systemctl daemon-reload || say "systemd does not answer: run 'systemctl daemon-reload' when it does"
    if [ -e /etc/systemd/system/bgpd.service ]; then
        say "/etc/systemd/system/bgpd.service goes before it: remove it, or take over what is new"
    fi
}

as_bgpd() { setpriv --reuid=bgpd --regid=bgpd --init-groups "$@"; }

# What the daemon's user cannot read or run would be found out by systemd only.
try_it() {
    version=$(as_bgpd "$prefix/bin/bgpd" --version) \
        || fail "the user bgpd cannot run $prefix/bin/bgpd; is $prefix, or the Python it was made with, in a place" \
            "that others can't read, as /root? Remove $prefix, and give another one with --python"
    as_bgpd "$prefix/bin/bgpd" -c "$configuration/bgpd.toml" --check \
        || say "the user bgpd cannot use $configuration/bgpd.toml; if it can't be read:" \
            "chgrp -R bgpd $configuration; chmod -R g+rX,o-rwx $configuration"
}

say_what_next() {
    say "done: $version is in $prefix. Next:"
    echo "  edit $configuration/bgpd.toml, then see whether it is right: bgpd -c $configuration/bgpd.toml --check"
    if has_systemd; then
        echo "  the first time:     systemctl enable --now bgpd"
        echo "  after an upgrade:   systemctl restart bgpd"
    fi
    echo "  bgpdcl without sudo, for a user: usermod --append --groups bgpd USER"
}

remove_package() {
    [ -d "$prefix" ] || fail "bgpd is not installed in $prefix"
    if "$prefix/bin/bgpdcl" show status >/dev/null 2>&1; then
        say "stopping the daemon; its routes are withdrawn"
        "$prefix/bin/bgpdcl" down withdraw >/dev/null || true
    fi
    if has_systemd; then systemctl disable --now bgpd || true; fi
    say "removing $prefix, links and the unit"
    remove_links
    rm -rf "$prefix" "$units/bgpd.service" "$sysusers/bgpd.conf"
    if has_systemd; then systemctl daemon-reload || true; fi
    if [ -n "$purge" ]; then
        say "removing $configuration and the user bgpd"
        rm -rf "$configuration" /run/bgpd
        userdel bgpd
    else
        say "$configuration and the user bgpd stay (--purge removes them)"
    fi
}

while [ $# -gt 0 ]; do
    case $1 in
        --from | --prefix | --python) [ $# -ge 2 ] || fail "$1 wants a value; see --help" ;;
    esac
    case $1 in
        --from) origin=$2; shift ;;
        --prefix) prefix=$2; shift ;;
        --python) python=$2; shift ;;
        --uninstall) uninstall=yes ;;
        --purge) purge=yes ;;
        -h | --help) usage; exit ;;
        *) echo "install.sh: what is '$1'?" >&2; usage >&2; exit 2 ;;
    esac
    shift
done

case $prefix in
    /*/*) ;;
    *) fail "--prefix wants a folder of its own, as /opt/bgpd, by its whole path" ;;
esac
if [ -n "$(ls -A "$prefix" 2>/dev/null)" ] && [ ! -f "$prefix/pyvenv.cfg" ]; then
    fail "$prefix is there and is no virtual environment; what is in it would be lost"
fi
[ -z "$purge" ] || [ -n "$uninstall" ] || fail "--purge goes with --uninstall"
[ "$(id -u)" = 0 ] || fail "it takes root to install for all users: sudo sh $0"

if [ -n "$uninstall" ]; then
    remove_package
else
    find_origin
    install_package
    make_user
    make_links
    make_configuration
    install_unit
    try_it
    say_what_next
fi
