using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Blocks;
using Mailreeve.Protocols.Net;
using NodaTime;

namespace Mailreeve.Policy;

/// <summary>Who runs this installation. From <c>mailreeve.toml</c>; nothing of it is in the policy file, which others may share.</summary>
public sealed record Provider
{
    /// <summary>Name, as in a letter head.</summary>
    public required string Name { get; init; }

    /// <summary>Our domains; the first one is that of our role addresses (<c>abuse@…</c>).</summary>
    public required IReadOnlyList<string> Domains { get; init; }

    /// <summary>The name this server gives itself in SMTP; has an address record.</summary>
    public required string HostName { get; init; }

    /// <summary>Where customers and operators reach the pages, without final slash: <c>https://mail.provider.example</c>.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>Support telephone, as printed in notices.</summary>
    public required string SupportTelephone { get; init; }

    /// <summary>Our address space. What lies outside is not ours.</summary>
    public required IReadOnlyList<Prefix> Networks { get; init; }

    /// <summary>Our mail servers: what comes from one of them was handed in by somebody else, so its address accuses nobody.</summary>
    public IReadOnlyList<Prefix> Servers { get; init; } = [];

    /// <summary>Translators whose ports are computed, so that they log nothing (RFC 7422).</summary>
    public IReadOnlyList<DeterministicNat> Translators { get; init; } = [];

    /// <summary>What is never blocked.</summary>
    public required IReadOnlyList<NeverBlockEntry> NeverBlock { get; init; }

    /// <summary>Where complaints and customers in trouble turn to.</summary>
    public string AbuseAddress => $"abuse@{Domains[0]}";

    /// <summary>What texts say about us, with times in this zone.</summary>
    public ProviderFacts FactsIn(DateTimeZone zone) => new()
    {
        Name = Name,
        AbuseAddress = AbuseAddress,
        SupportAddress = $"support@{Domains[0]}",
        BillingAddress = $"billing@{Domains[0]}",
        SupportTelephone = SupportTelephone,
        PolicyUrl = $"{BaseUrl}/policy",
        Zone = zone,
    };

    /// <summary>Whether the address is in our networks.</summary>
    public bool Owns(Address address) => Networks.Any(n => n.Contains(address));

    /// <summary>Whether the address is in our networks, or behind a translator of ours.</summary>
    public bool HasInside(Address address) => Owns(address) || Translators.Any(t => t.Inside.Contains(address));

    /// <summary>Of a reported block the lowest address that is in our networks; null when it has none.</summary>
    public Address? FirstOwned(AddressBlock block) =>
        Networks.Where(block.Overlaps).Select(n => (Address?)(n.First > block.First ? n.First : block.First)).Order().FirstOrDefault();

    /// <summary>What a translator of ours that computes its ports says about a port of an outside address; null when it is none of theirs.</summary>
    public NatMapping? MappingOf(Address outside, int? port) => Translators.Select(t => t.Find(outside, port)).FirstOrDefault(m => m is not null);

    /// <summary>Whether the address is a mail server of ours.</summary>
    public bool IsServer(Address address) => Servers.Any(s => s.Contains(address));

    /// <summary>Whether the name is one of our domains or below one.</summary>
    public bool Owns(string domain) =>
        Domains.Any(d => domain.Equals(d, StringComparison.OrdinalIgnoreCase) || domain.EndsWith($".{d}", StringComparison.OrdinalIgnoreCase));
}
