using Mailreeve.Policy.Accounts;
using Mailreeve.Protocols.Dmarc;
using Mailreeve.Protocols.Dns;

namespace Mailreeve.Policy.Blocks;

/// <summary>Keeps a block of a name from harming those it is not meant for. Pure.</summary>
public static class NameBlockRules
{
    /// <summary>Whether this person may block a name and everything below it.</summary>
    /// <param name="role">What the person is.</param>
    /// <param name="name">The name, as <see cref="BlockedName"/> reads it.</param>
    /// <param name="own">Names that the provider cannot do without: its domains and its servers.</param>
    /// <param name="suffixes">Below which names anybody may register one.</param>
    /// <returns>Allowed, or never with its reason.</returns>
    public static BlockVerdict Decide(OperatorRole role, string name, IEnumerable<string> own, PublicSuffixList suffixes)
    {
        if (!OperatorRules.May(role, DeskAction.PlaceBlocks))
            return new BlockVerdict.Never("Your role does not place blocks.");
        if (own.FirstOrDefault(o => DnsName.IsWithin(o, name)) is { } hit)
            return new BlockVerdict.Never($"{hit} is ours.");
        // A name below a public suffix is an organisation of its own.
        var below = $"x.{name}";
        return suffixes.OrganizationalDomain(below) == below
            ? new BlockVerdict.Never($"Anybody may have a name below {name}: that is too much of the Internet for one block.")
            : new BlockVerdict.Allowed();
    }
}
