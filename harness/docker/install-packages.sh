# Installs Debian packages in an image: sh /tmp/packages/install <package>… How the machine that builds reaches its package
# archive is beside this script (see host-apt.ts), in empty files where it has no say.
set -eu
place=$(dirname "$0")
if [ -s "$place/sources.list" ]; then
  rm -f /etc/apt/sources.list.d/*
  cp "$place/sources.list" /etc/apt/sources.list
fi
if [ -s "$place/ca-certificates.crt" ]; then
  mkdir -p /etc/ssl/certs
  cp "$place/ca-certificates.crt" /etc/ssl/certs/ca-certificates.crt
fi
cp "$place/host.conf" /etc/apt/apt.conf.d/99host
printf 'force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/man/*\npath-exclude=/usr/share/locale/*\n' \
  > /etc/dpkg/dpkg.cfg.d/lean
export DEBIAN_FRONTEND=noninteractive
apt-get update -q
apt-get install -y -q --no-install-recommends "$@"
apt-get clean
rm -rf "$place" /etc/apt/apt.conf.d/99host /var/lib/apt/lists/* /var/cache/apt/*.bin
