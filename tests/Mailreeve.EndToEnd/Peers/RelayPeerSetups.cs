namespace Mailreeve.EndToEnd.Peers;

/// <summary>Mail servers of customers as they should not be, and as they should: open in several ways, closed, and taking what they then bounce.</summary>
internal static class RelayPeerSetups
{
    /// <summary>The domain of the customer.</summary>
    public const string Domain = "birch.example";

    private const string Host = "mx.birch.example";
    private const string Collector = "collector.provider.example";

    /// <summary>All, by name: the setup, and the test that finds it open; <see langword="null"/> for those that are not.</summary>
    public static IReadOnlyDictionary<string, (MailPeerSetup Setup, string? FoundBy)> All { get; } = new Dictionary<string, (MailPeerSetup, string?)>
    {
        ["postfix-everybody"] = (Postfix("mynetworks = 0.0.0.0/0"), "other-domain"),
        ["postfix-trusts-senders"] = (
            Postfix($"mynetworks = 127.0.0.0/8\nsmtpd_relay_restrictions = check_sender_access inline:{{ {{{Domain} = OK}} }}, reject_unauth_destination"), "bare-sender"),
        ["postfix-closed"] = (Postfix("mynetworks = 127.0.0.0/8"), null),
        ["postfix-debian"] = (
            Postfix("mynetworks = 127.0.0.0/8\nsmtpd_relay_restrictions = permit_mynetworks permit_sasl_authenticated defer_unauth_destination"), null),
        ["postfix-bounces"] = (
            Postfix("mynetworks = 0.0.0.0/0\ndefault_transport = bouncer:\ntransport_maps = inline:{ {third.provider.example = smtp:} }"), null),
        ["exim-everybody"] = (Exim("accept"), "other-domain"),
        ["exim-trusts-senders"] = (Exim($"accept senders = *@{Domain}"), "customer-sender"),
        ["exim-percent"] = (Exim("", """
            percent:
              driver = redirect
              domains = +here
              condition = ${if match{$local_part}{%}}
              data = ${sg{$local_part}{%}{@}}
            """), "percent-host-sender"),
        ["exim-closed"] = (Exim(""), null),
        ["exim-bounces"] = (Exim("accept", $$"""
            bounced:
              driver = redirect
              domains = {{Collector}}
              condition = ${if def:sender_host_address}
              allow_fail
              data = :fail: not here
            """), null),
        ["opensmtpd-everybody"] = (OpenSmtpd("match from any for any action \"out\""), "other-domain"),
        ["opensmtpd-trusts-senders"] = (OpenSmtpd($"match from any mail-from \"@{Domain}\" for any action \"out\""), "customer-sender"),
        ["opensmtpd-closed"] = (OpenSmtpd(""), null),
        ["opensmtpd-bounces"] = (OpenSmtpd("action \"bad\" mda \"exit 77\" virtual <anyone>\nmatch from any for any action \"bad\""), null),
    };

    // Refusals are not slowed down: only that would take its time.
    private static MailPeerSetup Postfix(string settings) => MailPeerSetups.Postfix with
    {
        Domain = Domain,
        Files = new Dictionary<string, string>
        {
            ["main.cf"] = $"""
                compatibility_level = 3.6
                maillog_file = /dev/stdout
                myhostname = {Host}
                mydestination =
                inet_protocols = ipv4
                alias_maps =
                alias_database =
                local_recipient_maps =
                virtual_mailbox_domains = {Domain}
                virtual_mailbox_base = /peer/mail
                virtual_mailbox_maps = static:all/
                virtual_uid_maps = static:7007
                virtual_gid_maps = static:7007
                smtpd_error_sleep_time = 0s
                queue_run_delay = 1s
                minimal_backoff_time = 1s
                maximal_backoff_time = 2s
                {settings}
                """,
            ["master.cf"] = $"""
                {MailPeerSetups.Postfix.Files["master.cf"]}
                bouncer    unix  - n n - - pipe
                  user=peer argv=/bin/false
                """,
        },
    };

    private static MailPeerSetup Exim(string acl, string router = "") => MailPeerSetups.Exim with
    {
        Domain = Domain,
        Files = new Dictionary<string, string>
        {
            ["exim4.conf"] = $$"""
                primary_hostname = {{Host}}
                domainlist here = {{Domain}} : {{Host}}
                exim_user = Debian-exim
                exim_group = Debian-exim
                log_file_path = /var/log/exim4/%slog
                acl_smtp_rcpt = recipient
                keep_environment =
                rfc1413_query_timeout = 0s
                smtp_accept_max_nonmail = 1000

                begin acl
                recipient:
                  accept hosts = 127.0.0.1
                  {{acl}}
                  accept domains = +here
                  deny   message = relaying is not permitted

                begin routers
                {{router}}
                here:
                  driver = accept
                  domains = +here
                  transport = maildir
                there:
                  driver = dnslookup
                  transport = smtp
                  no_more

                begin transports
                smtp:
                  driver = smtp
                maildir:
                  driver = appendfile
                  directory = /peer/mail/all
                  maildir_format
                  create_directory
                  user = peer

                begin retry
                * * F,1h,2s
                """,
        },
    };

    private static MailPeerSetup OpenSmtpd(string rules) => MailPeerSetups.OpenSmtpd with
    {
        Domain = Domain,
        Files = new Dictionary<string, string>
        {
            ["smtpd.conf"] = $$"""
                table anyone { "@" = "peer" }
                listen on 0.0.0.0 port 25 hostname {{Host}}
                action "in" maildir "/peer/mail/all" virtual <anyone>
                action "out" relay helo {{Host}}
                match from local for any action "out"
                match from any for domain "{{Domain}}" action "in"
                {{rules}}
                """,
        },
    };
}
