using System.Collections.Immutable;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Dns;

/// <summary>Kinds of DNS records that are asked for; the numbers are those of the protocol.</summary>
public enum DnsType
{
    /// <summary>IPv4 addresses.</summary>
    A = 1,

    /// <summary>The names of an address.</summary>
    Ptr = 12,

    /// <summary>Mail exchangers.</summary>
    Mx = 15,

    /// <summary>Texts.</summary>
    Txt = 16,

    /// <summary>IPv6 addresses.</summary>
    Aaaa = 28,
}

/// <summary>How a question to the DNS ended.</summary>
public enum DnsOutcome
{
    /// <summary>There are records.</summary>
    Found,

    /// <summary>The name exists, but has none of that kind; or there is no such name (RFC 8020). Both are an answer.</summary>
    Nothing,

    /// <summary>No answer in time, or one that says that the server could not find out. Later it may be another.</summary>
    Failed,
}

/// <summary>What the DNS said to one question.</summary>
public sealed record DnsAnswer
{
    /// <summary>There are no such records.</summary>
    public static readonly DnsAnswer Nothing = new() { Outcome = DnsOutcome.Nothing };

    /// <summary>It could not be found out.</summary>
    public static readonly DnsAnswer Failed = new() { Outcome = DnsOutcome.Failed };

    /// <summary>How it ended.</summary>
    public required DnsOutcome Outcome { get; init; }

    /// <summary>For A and AAAA.</summary>
    public ImmutableArray<Address> Addresses { get; init; } = [];

    /// <summary>For PTR, and for MX in the order of preference; without the last dot.</summary>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>For TXT: the strings of each record put together.</summary>
    public ImmutableArray<string> Texts { get; init; } = [];

    /// <summary>These addresses.</summary>
    public static DnsAnswer Of(ImmutableArray<Address> addresses) =>
        addresses.IsEmpty ? Nothing : new DnsAnswer { Outcome = DnsOutcome.Found, Addresses = addresses };

    /// <summary>These names.</summary>
    public static DnsAnswer OfNames(ImmutableArray<string> names) =>
        names.IsEmpty ? Nothing : new DnsAnswer { Outcome = DnsOutcome.Found, Names = names };

    /// <summary>These texts.</summary>
    public static DnsAnswer OfTexts(ImmutableArray<string> texts) =>
        texts.IsEmpty ? Nothing : new DnsAnswer { Outcome = DnsOutcome.Found, Texts = texts };
}

/// <summary>Asks the DNS. It answers in some seconds whatever happens, and does not throw because a server fails.</summary>
/// <param name="name">The name, without the last dot.</param>
/// <param name="type">What is wanted.</param>
/// <param name="stop">Stops the work.</param>
public delegate ValueTask<DnsAnswer> AskDns(string name, DnsType type, CancellationToken stop);
