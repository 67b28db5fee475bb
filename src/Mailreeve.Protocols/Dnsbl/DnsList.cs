using System.Collections.Immutable;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Protocols.Dnsbl;

/// <summary>What is looked up in a list.</summary>
public enum DnsListKind
{
    /// <summary>Addresses of clients (RFC 5782 §2.1 and §2.4).</summary>
    Address,

    /// <summary>Domains of senders (RFC 5782 §2.5).</summary>
    Domain,
}

/// <summary>What one answer of a list means. Only answers that have a meaning count.</summary>
/// <param name="Answers">The answer, or several: <c>127.0.0.2</c>, <c>127.0.0.4/30</c>.</param>
/// <param name="Meaning">For people, as in <c>sends spam</c>.</param>
/// <param name="Weight">How much it counts; below 0 it counts for the sender.</param>
public sealed record DnsListCode(Prefix Answers, string Meaning, int Weight);

/// <summary>A list of addresses or domains in the DNS (RFC 5782).</summary>
/// <param name="Zone">Under which name it stands.</param>
/// <param name="Kind">What is looked up in it.</param>
/// <param name="Codes">What its answers mean.</param>
public sealed record DnsList(string Zone, DnsListKind Kind, ImmutableArray<DnsListCode> Codes)
{
    private static readonly Address Listed = Address.Parse("127.0.0.2");
    private static readonly Address Unlisted = Address.Parse("127.0.0.1");

    private static readonly Prefix Loopback = Prefix.Parse("127.0.0.0/8");

    // Spamhaus answers from here when the question came through a public resolver, too often, or for a zone that does not exist.
    private static readonly Prefix Errors = Prefix.Parse("127.255.255.0/24");

    /// <summary>The name to ask for about an address.</summary>
    public string NameOf(Address address) => $"{DnsName.ReversedLabels(address)}.{Zone}";

    /// <summary>The name to ask for about a domain.</summary>
    public string NameOf(string domain) => $"{domain}.{Zone}";

    /// <summary>The entry that every list has (RFC 5782 §5): what is not there is no list any more.</summary>
    public string ListedName => Kind == DnsListKind.Address ? NameOf(Listed) : $"test.{Zone}";

    /// <summary>The entry that no list has (RFC 5782 §5): where it is there, everything is.</summary>
    public string UnlistedName => Kind == DnsListKind.Address ? NameOf(Unlisted) : $"invalid.{Zone}";

    /// <summary>Judges the answers to <see cref="ListedName"/> and <see cref="UnlistedName"/>.</summary>
    /// <returns>Why the list cannot be used; null when it can.</returns>
    public string? ProblemOf(DnsAnswer listed, DnsAnswer unlisted)
    {
        if (Read(listed) is DnsListReading.Broken broken)
            return broken.Why;
        if (unlisted.Outcome == DnsOutcome.Found)
            return "it lists everything";
        return listed.Outcome switch
        {
            DnsOutcome.Nothing => "it lists nothing, not even its test entry",
            DnsOutcome.Failed => "it does not answer",
            _ => null,
        };
    }

    /// <summary>What an answer means. No answer means that nothing is known, and not that it is listed.</summary>
    public DnsListReading Read(DnsAnswer answer)
    {
        if (answer.Outcome != DnsOutcome.Found)
            return answer.Outcome == DnsOutcome.Failed ? DnsListReading.Unknown.Instance : DnsListReading.NotListed.Instance;
        foreach (var address in answer.Addresses)
        {
            if (!Loopback.Contains(address))
                return new DnsListReading.Broken("it answers with addresses outside 127.0.0.0/8");
            if (Errors.Contains(address))
                return new DnsListReading.Broken($"it answers {address}: an error, not a listing");
        }

        DnsListCode? worst = null;
        foreach (var address in answer.Addresses)
        {
            foreach (var code in Codes)
            {
                if (code.Answers.Contains(address) && (worst is null || Math.Abs(code.Weight) > Math.Abs(worst.Weight)))
                    worst = code;
            }
        }

        return worst is null ? DnsListReading.NotListed.Instance : new DnsListReading.Listed(worst);
    }
}

/// <summary>What a list says about an address or a domain.</summary>
public abstract record DnsListReading
{
    private DnsListReading()
    {
    }

    /// <summary>Nothing that has a meaning.</summary>
    public sealed record NotListed : DnsListReading
    {
        internal static readonly NotListed Instance = new();
    }

    /// <summary>It did not answer.</summary>
    public sealed record Unknown : DnsListReading
    {
        internal static readonly Unknown Instance = new();
    }

    /// <summary>It is listed.</summary>
    /// <param name="Code">The weightiest of its answers.</param>
    public sealed record Listed(DnsListCode Code) : DnsListReading;

    /// <summary>The list itself is out of order: what it says must not be believed.</summary>
    /// <param name="Why">For the operator.</param>
    public sealed record Broken(string Why) : DnsListReading;
}
