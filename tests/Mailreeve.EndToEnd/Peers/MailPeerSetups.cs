namespace Mailreeve.EndToEnd.Peers;

/// <summary>
/// The mail servers of the network of peers, as their manuals say: each takes mail for its domain, offers STARTTLS, relays for its own loopback
/// only, and tries again soon. Postfix and Exim keep to DANE (RFC 7672) when they send.
/// </summary>
internal static class MailPeerSetups
{
    /// <summary>Postfix.</summary>
    public static MailPeerSetup Postfix { get; } = new(
        "postfix",
        "postfix.example",
        new Dictionary<string, string>
        {
            ["main.cf"] = """
                compatibility_level = 3.6
                maillog_file = /dev/stdout
                myhostname = mx.postfix.example
                mydomain = postfix.example
                mydestination =
                mynetworks = 127.0.0.0/8
                alias_maps =
                alias_database =
                local_recipient_maps =
                virtual_mailbox_domains = postfix.example
                virtual_mailbox_base = /peer/mail
                virtual_mailbox_maps = static:all/
                virtual_uid_maps = static:7007
                virtual_gid_maps = static:7007
                virtual_alias_maps = inline:{ back@postfix.example=round@provider.example }
                smtpd_tls_cert_file = /peer/server.pem
                smtpd_tls_key_file = /peer/server.key
                smtpd_tls_security_level = may
                smtpd_tls_received_header = yes
                smtp_tls_security_level = dane
                smtp_dns_support_level = dnssec
                smtp_tls_loglevel = 1
                queue_run_delay = 1s
                minimal_backoff_time = 1s
                maximal_backoff_time = 2s
                smtpd_client_connection_count_limit = 0
                """,
            ["master.cf"] = """
                smtp       inet  n - n - - smtpd
                pickup     unix  n - n 60 1 pickup
                cleanup    unix  n - n - 0 cleanup
                qmgr       unix  n - n 1 1 qmgr
                tlsmgr     unix  - - n 1000? 1 tlsmgr
                rewrite    unix  - - n - - trivial-rewrite
                bounce     unix  - - n - 0 bounce
                defer      unix  - - n - 0 bounce
                trace      unix  - - n - 0 bounce
                verify     unix  - - n - 1 verify
                flush      unix  n - n 1000? 0 flush
                proxymap   unix  - - n - - proxymap
                proxywrite unix  - - n - 1 proxymap
                smtp       unix  - - n - - smtp
                relay      unix  - - n - - smtp
                showq      unix  n - n - - showq
                error      unix  - - n - - error
                retry      unix  - - n - - error
                discard    unix  - - n - - discard
                local      unix  - n n - - local
                virtual    unix  - n n - - virtual
                anvil      unix  - - n - 1 anvil
                scache     unix  - - n - 1 scache
                postlog    unix-dgram n - n - 1 postlogd
                """,
        },
        "cp /peer/main.cf /peer/master.cf /etc/postfix/; mkdir -p /var/lib/postfix; chown postfix /var/lib/postfix",
        "postfix start-fg &");

    /// <summary>Exim, the small one of Debian.</summary>
    public static MailPeerSetup Exim { get; } = new(
        "exim4-daemon-light",
        "exim.example",
        new Dictionary<string, string>
        {
            ["exim4.conf"] = """
                primary_hostname = mx.exim.example
                domainlist here = exim.example
                exim_user = Debian-exim
                exim_group = Debian-exim
                log_file_path = /var/log/exim4/%slog
                acl_smtp_rcpt = recipient
                tls_advertise_hosts = *
                tls_certificate = /peer/server.pem
                tls_privatekey = /etc/exim4/server.key
                keep_environment =
                dns_dnssec_ok = 1
                rfc1413_query_timeout = 0s

                begin acl
                recipient:
                  accept hosts = 127.0.0.1
                  accept domains = +here
                  deny   message = relaying is not permitted

                begin routers
                here:
                  driver = accept
                  domains = +here
                  transport = maildir
                there:
                  driver = dnslookup
                  dnssec_request_domains = *
                  transport = smtp
                  no_more

                begin transports
                smtp:
                  driver = smtp
                  hosts_try_dane = *
                maildir:
                  driver = appendfile
                  directory = /peer/mail/all
                  maildir_format
                  create_directory
                  envelope_to_add
                  user = peer

                begin retry
                * * F,1h,2s
                """,
        },
        """
        mkdir -p /var/spool/exim4 /var/log/exim4; chown Debian-exim:Debian-exim /var/spool/exim4 /var/log/exim4
        cp /peer/exim4.conf /peer/server.key /etc/exim4/; chown root:Debian-exim /etc/exim4/server.key; chmod 640 /etc/exim4/server.key
        touch /var/log/exim4/mainlog; chown Debian-exim:Debian-exim /var/log/exim4/mainlog
        """,
        "exim4 -bdf -q2s & tail -n +1 -F /var/log/exim4/mainlog &");

    /// <summary>OpenSMTPD.</summary>
    public static MailPeerSetup OpenSmtpd { get; } = new(
        "opensmtpd",
        "opensmtpd.example",
        new Dictionary<string, string>
        {
            ["smtpd.conf"] = """
                pki mx.opensmtpd.example cert "/peer/server.pem"
                pki mx.opensmtpd.example key "/peer/server.key"
                table anyone { "@" = "peer" }
                listen on 0.0.0.0 port 25 tls pki mx.opensmtpd.example hostname mx.opensmtpd.example
                action "in" maildir "/peer/mail/all" virtual <anyone>
                action "out" relay helo mx.opensmtpd.example
                match from any for domain "opensmtpd.example" action "in"
                match from local for any action "out"
                """,
        },
        "chmod 711 /var/spool; mkdir -p /var/spool/smtpd /var/lib/opensmtpd/empty; chmod 711 /var/spool/smtpd; cp /peer/smtpd.conf /etc/; echo mx.opensmtpd.example >/etc/mailname",
        "smtpd -d &");

    /// <summary>
    /// The Postfix of a customer, which sends all its mail through the provider and signs in nowhere. Whose address it calls from depends on who
    /// writes: <c>former@</c> from the second of its machine, <c>stranger@</c> and <c>passer@</c> from the third, everybody else from the first.
    /// <c>shop@</c> and <c>passer@</c> go by port 25.
    /// </summary>
    /// <param name="machine">Its machine.</param>
    /// <param name="provider">The name of the provider's server.</param>
    /// <param name="authority">Whose certificates it believes.</param>
    public static MailPeerSetup CustomersPostfix(Machine machine, string provider, PeerAuthority authority) => Postfix with
    {
        Domain = "alder.example",
        Files = new Dictionary<string, string>
        {
            ["authority.pem"] = authority.Pem,
            ["main.cf"] = $$"""
                compatibility_level = 3.6
                maillog_file = /dev/stdout
                myhostname = mx.alder.example
                mydestination =
                mynetworks = 127.0.0.0/8
                inet_protocols = ipv4
                alias_maps =
                alias_database =
                local_recipient_maps =
                virtual_mailbox_domains = alder.example
                virtual_mailbox_base = /peer/mail
                virtual_mailbox_maps = static:all/
                virtual_uid_maps = static:7007
                virtual_gid_maps = static:7007
                relayhost = [{{provider}}]:587
                sender_dependent_relayhost_maps = inline:{ shop@alder.example=[{{provider}}], passer@alder.example=[{{provider}}] }
                sender_dependent_default_transport_maps = inline:{ former@alder.example=former:, stranger@alder.example=stranger:, passer@alder.example=stranger: }
                smtp_tls_security_level = secure
                smtp_tls_CAfile = /peer/authority.pem
                smtp_tls_loglevel = 1
                queue_run_delay = 1s
                minimal_backoff_time = 1s
                maximal_backoff_time = 2s
                """,
            ["master.cf"] = $"""
                {Postfix.Files["master.cf"]}
                former     unix  - - n - - smtp
                  -o smtp_bind_address={machine.Addresses[1]}
                stranger   unix  - - n - - smtp
                  -o smtp_bind_address={machine.Addresses[2]}
                """,
        },
    };
}
