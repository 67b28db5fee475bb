#!/bin/bash
# How long Debian's Postfix takes to empty a queue into smtp-sink, and what that costs: the peer of "Mailreeve.Bench queue".
# Usage, as root: postfix.sh MESSAGES DESTINATIONS [SINK-PORT]. Starts a Postfix of its own in a folder of its own, and stops it.
set -eu
messages=$1 destinations=$2 sink=${3:-2526}
home=$(mktemp -d /tmp/postfix-queue-XXXXXX); chmod 755 "$home"
mkdir -p "$home"/{etc,queue,lib}; chown postfix: "$home/lib"
cat > "$home/etc/main.cf" <<C
compatibility_level = 3.6
queue_directory = $home/queue
data_directory = $home/lib
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
myhostname = bench.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
maillog_file = $home/maillog
maillog_file_prefixes = $home
alias_maps =
alias_database =
smtp_tcp_port = $sink
smtp_dns_support_level = disabled
default_process_limit = 200
defer_transports = smtp
resolve_numeric_domain = yes
C
cat > "$home/etc/master.cf" <<C
127.0.0.1:2527 inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
C
postfix -c "$home/etc" start 2> /dev/null
trap 'exit 1' TERM INT
trap 'postfix -c "$home/etc" stop 2> /dev/null; rm -rf "$home"' EXIT
waiting() { find "$home"/queue/{incoming,active,deferred} -type f | wc -l; }
# Processor time of all that Postfix runs, those that have ended too, in hundredths of a second.
spent() { local master; master=$(tr -d ' ' < "$home/queue/pid/master.pid")
  cat /proc/[0-9]*/stat 2> /dev/null | sed 's/.*) //' | awk -v m="$master" '$2 == m { s += $12 + $13 } END { print s + 0 }' > "$home/children"
  sed 's/.*) //' "/proc/$master/stat" | awk -v c="$(cat "$home/children")" '{ print c + $12 + $13 + $14 + $15 }'; }
python3 - "$messages" "$destinations" <<'P'
import smtplib, sys
messages, destinations = int(sys.argv[1]), int(sys.argv[2])
body = "Subject: bench\r\n\r\n" + ("x" * 70 + "\r\n") * (4096 // 72)
client = smtplib.SMTP("127.0.0.1", 2527)
for i in range(messages):
    d = i % destinations
    client.sendmail("kim@customer.example", [f"a{i}@[127.0.{d // 250}.{d % 250 + 2}]"], body)
client.quit()
P
while [ "$(find "$home/queue/deferred" -type f | wc -l)" -lt "$messages" ]; do sleep 0.2; done
postconf -c "$home/etc" -e 'defer_transports =' && postfix -c "$home/etc" reload 2> /dev/null
sleep 1
before=$(spent) started=$(date +%s.%N)
postfix -c "$home/etc" flush
while [ "$(waiting)" -gt 0 ]; do sleep 0.1; done
ended=$(date +%s.%N) after=$(spent)
echo "$messages $destinations $started $ended $before $after" |
  awk '{ t = $4 - $3; printf "postfix: %d messages to %d destinations in %.1f s: %.0f a second, %.0f µs of processor each\n", $1, $2, t, $1 / t, ($6 - $5) * 10000 / $1 }'
