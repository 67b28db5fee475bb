using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.ClientSetup;

/// <summary>What a mail program must know to reach this server. The user name is always the whole address, the password always in TLS.</summary>
public sealed record MailServices
{
    private readonly Func<string, bool>? serves;

    /// <summary>Name of the provider, as people read it.</summary>
    public required string ProviderName { get; init; }

    /// <summary>The provider's own domains, at least one; the first one names the provider to programs.</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>Host of IMAP, POP3 and submission; the name in its certificate.</summary>
    public required string HostName { get; init; }

    /// <summary>Where the pages are, without final slash.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>Telephone of the support, which helps with setting up (C9).</summary>
    public required string SupportTelephone { get; init; }

    /// <summary>Ports of IMAP; 993 and 143 by custom.</summary>
    public MailPorts Imap { get; init; } = MailPorts.None;

    /// <summary>Ports of POP3; 995 and 110 by custom.</summary>
    public MailPorts Pop3 { get; init; } = MailPorts.None;

    /// <summary>Ports of submission; 465 and 587 by custom.</summary>
    public MailPorts Submission { get; init; } = MailPorts.None;

    /// <summary>Days for which a message is kept at most (C9); <see langword="null"/> when there is no limit.</summary>
    public int? DaysKept { get; init; }

    /// <summary>
    /// Whether mailboxes of a domain are here, customers' own domains included. By default <see cref="Domains"/> only. Asked with
    /// names from outside; says nothing about single mailboxes.
    /// </summary>
    public Func<string, bool> Serves
    {
        get => serves ?? (domain => Domains.Any(d => DomainName.Same(d, domain)));
        init => serves = value;
    }

    /// <summary>Whether a mailbox can be set up: mail can be read and sent.</summary>
    public bool AreOffered => (Imap.IsOffered || Pop3.IsOffered) && Submission.IsOffered;

    /// <summary>The page that explains the steps.</summary>
    public string PageUrl => $"{BaseUrl}/setup";

    /// <summary>Host of the pages; <see langword="null"/> when they are reached by an address, which no CNAME or SRV record can name.</summary>
    public string? WebHost =>
        Uri.TryCreate(BaseUrl, UriKind.Absolute, out var url) && url.HostNameType == UriHostNameType.Dns ? url.IdnHost : null;
}
