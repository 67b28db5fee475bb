using Mailreeve.Network.Webhooks;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;

namespace Mailreeve.Network;

/// <summary>Who suspends services here when a block says so, besides our own mail servers.</summary>
/// <param name="Webhooks">Systems that are told.</param>
/// <param name="EndsSessions">Whether there is an access server whose sessions can be ended.</param>
public sealed record SuspensionBackEnds(IReadOnlyList<Webhook> Webhooks, bool EndsSessions)
{
    /// <summary>Who suspends such a service.</summary>
    /// <param name="kind">What kind it is.</param>
    /// <param name="login">By what the access network knows it; null when it does not.</param>
    public SuspendedBy Of(ServiceKind kind, string? login) =>
        SuspensionRules.BackEndsOf(kind, login is not null, Webhooks.Any(w => w.Runs(kind)), EndsSessions);
}
