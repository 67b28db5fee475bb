using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.TlsPolicy;

namespace Mailreeve.Mail.Outbound.Client;

/// <summary>Whom to call, from where, and how secure it must be.</summary>
public sealed record DialTarget
{
    /// <summary>The name of the host; its address as text when it has none. The certificate is looked at under this name.</summary>
    public required string Host { get; init; }

    /// <summary>The address to call.</summary>
    public required Address Address { get; init; }

    /// <summary>The port.</summary>
    public required int Port { get; init; }

    /// <summary>Our address to call from, of the same family; <see langword="null"/> to let the system choose.</summary>
    public Address? Source { get; init; }

    /// <summary>What is demanded of TLS.</summary>
    public required TlsDecision Tls { get; init; }

    /// <summary>Whether TLS begins with the first octet (RFC 8314 §3.3) and not with STARTTLS.</summary>
    public bool ImplicitTls { get; init; }

    /// <summary>The user name for a smarthost; <see langword="null"/> not to sign in.</summary>
    public string? User { get; init; }

    /// <summary>The password.</summary>
    public string? Password { get; init; }

    /// <summary>Without the password.</summary>
    public override string ToString() => $"{Host} [{Address}]:{Port}";
}
