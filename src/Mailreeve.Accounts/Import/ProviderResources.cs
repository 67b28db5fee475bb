using Mailreeve.Policy;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Accounts.Import;

/// <summary>What is the provider's own, which an accounts file is checked against.</summary>
/// <param name="Networks">Its networks; empty when they are not known.</param>
/// <param name="Domains">Its domains; mailboxes of any customer may be in them.</param>
/// <param name="SourceClasses">The classes of customers whose mail is sent from addresses of its own.</param>
public sealed record ProviderResources(IReadOnlyList<Prefix> Networks, IReadOnlyList<string> Domains, IReadOnlyList<string> SourceClasses)
{
    /// <summary>Those of a provider.</summary>
    public static ProviderResources Of(Provider provider, IReadOnlyList<string> sourceClasses) =>
        new(provider.Networks, provider.Domains, sourceClasses);
}
