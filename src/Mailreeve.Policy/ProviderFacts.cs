using NodaTime;

namespace Mailreeve.Policy;

/// <summary>
/// Who the provider is and where people turn: what the texts of the policy leave open, because it differs from one
/// installation to the next and may change without a new revision.
/// </summary>
public sealed record ProviderFacts
{
    /// <summary>Name, <c>{provider}</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where complaints go, <c>{abuse-address}</c>.</summary>
    public required string AbuseAddress { get; init; }

    /// <summary>Where customers turn, <c>{support-address}</c>.</summary>
    public required string SupportAddress { get; init; }

    /// <summary>Where they call, <c>{support-telephone}</c>.</summary>
    public required string SupportTelephone { get; init; }

    /// <summary>Where charges are discussed, <c>{billing-address}</c>.</summary>
    public required string BillingAddress { get; init; }

    /// <summary>The policy page, <c>{policy-url}</c>.</summary>
    public required string PolicyUrl { get; init; }

    /// <summary>The zone of local times in notices.</summary>
    public required DateTimeZone Zone { get; init; }
}
