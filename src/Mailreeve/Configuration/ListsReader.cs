using System.Net;
using Mailreeve.Network.Lists;
using Mailreeve.Policy;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Files;
using Mailreeve.Protocols.Dns;
using Mailreeve.Protocols.Net;

namespace Mailreeve.Configuration;

/// <summary>Reads what <c>mailreeve.toml</c> says about the lists that we serve: <c>[dnsbl]</c> and <c>[dnsbl.rpz]</c>.</summary>
/// <param name="problems">Takes what is wrong.</param>
/// <param name="endPoints">Reads addresses with ports.</param>
/// <param name="prefixes">Reads addresses and prefixes.</param>
internal sealed class ListsReader(
    FileProblems problems, Func<TableReader, string, string, IReadOnlyList<IPEndPoint>> endPoints, Func<TableReader, string, string, IReadOnlyList<Prefix>> prefixes)
{
    private const string ZoneExample = "bl.provider.example";
    private const long TtlDefault = 60;

    // With the longest name that can be blocked, and a label before it, 255 octets (RFC 1035 §2.3.4).
    private const int ZoneLengthMax = WireName.LengthMax - BlockedName.LengthMax - 3;

    // How long others who have a zone do without us: they ask about changes often, and go on for two weeks (RFC 1912 §2.2).
    private const uint RefreshSeconds = 300;
    private const uint RetrySeconds = 60;
    private const uint ExpireSeconds = 1_209_600;

    /// <summary><c>[dnsbl]</c>: the list of addresses; null when it is left out.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="provider">Whose list it is.</param>
    public ListServerOptions? Read(TableReader file, Provider provider)
    {
        if (file.Table("dnsbl", required: false) is not { } table)
            return null;
        var listen = endPoints(table, "listen", "0.0.0.0:53");
        var ttl = table.WholeIfAny("ttl-seconds") ?? TtlDefault;
        if (ttl is < 1 or > 86_400)
            problems.Add(table.At, table.KeyOf("ttl-seconds"), $"{ttl} is no time for which an answer is good: whoever is lifted waits for it.", "Write 60 to 300.");
        var servers = NameServers(table);
        var mailbox = table.TextIfAny("mailbox", "hostmaster@provider.example")?.Value ?? $"hostmaster@{provider.Domains.FirstOrDefault()}";
        var zone = Zone(table, "zone", ZoneExample, servers, mailbox, (uint)Math.Clamp(ttl, 1, 86_400));
        var askedBy = table.Entry("asked-by") is null ? [Prefix.Parse("127.0.0.0/8"), Prefix.Parse("::1"), .. provider.Networks] : prefixes(table, "asked-by", "192.0.2.0/24");
        var codes = Codes(table);
        var rpz = table.Table("rpz", required: false);
        var names = rpz is null ? null : Zone(rpz, "zone", "rpz.provider.example", servers, mailbox, (uint)Math.Clamp(ttl, 1, 86_400));
        if (names is not null && zone is not null && (WireName.IsWithin(names.Zone, zone.Zone, out _) || WireName.IsWithin(zone.Zone, names.Zone, out _)))
            problems.Add(rpz!.At, rpz.KeyOf("zone"), "Addresses and names are two zones, and neither lies in the other.", "Write zone = \"rpz.provider.example\".");
        if (names?.Zone.Length > ZoneLengthMax)
            problems.Add(rpz!.At, rpz.KeyOf("zone"), $"A name of more than {ZoneLengthMax - 2} characters leaves no room for the names in it.", "Write zone = \"rpz.provider.example\".");
        var transferTo = rpz is null ? [] : rpz.Entry("transfer-to") is null ? [Prefix.Parse("127.0.0.0/8"), Prefix.Parse("::1")] : prefixes(rpz, "transfer-to", "192.0.2.53");
        var notify = rpz?.Entry("notify") is null ? [] : endPoints(rpz, "notify", "192.0.2.53:53");
        rpz?.Finish();
        table.Finish();
        return zone is null ? null : new ListServerOptions { Listen = listen, Zone = zone, AskedBy = askedBy, Codes = codes, Names = names, TransferTo = transferTo, Notify = notify };
    }

    private List<string> NameServers(TableReader table)
    {
        var names = new List<string>();
        foreach (var text in table.Texts("name-servers", "ns.provider.example") ?? [])
        {
            if (Name(table, text, "name-servers") is { } name)
                names.Add(name);
        }

        if (names.Count == 0)
            problems.Add(table.At, table.KeyOf("name-servers"), "A zone has at least one name server.", "Write name-servers = [\"ns.provider.example\"]: the name of this machine.");
        return names;
    }

    private DnsZoneHead? Zone(TableReader table, string key, string example, List<string> servers, string mailbox, uint ttl)
    {
        if (table.Text(key, example) is not { } text || Name(table, text, key) is not { } name || servers.Count == 0)
            return null;
        foreach (var within in servers.Where(s => DnsName.IsWithin(s, name)))
            problems.Add(text.At, table.KeyOf("name-servers"), $"{within} is in the zone {name}, which has no addresses but those that it lists.", "Name servers by names outside.");
        try
        {
            return new DnsZoneHead(name, servers, mailbox, new DnsZoneTimes(ttl, ttl, RefreshSeconds, RetrySeconds, ExpireSeconds));
        }
        catch (FormatException e)
        {
            problems.Add(table.At, table.KeyOf("mailbox"), e.Message, "Write mailbox = \"hostmaster@provider.example\".");
            return null;
        }
    }

    private string? Name(TableReader table, TomlValue.Text text, string key)
    {
        var name = text.Value.TrimEnd('.').ToLowerInvariant();
        if (DnsName.CanBeAsked(name) && System.Text.Ascii.IsValid(name))
            return name;
        problems.Add(text.At, table.KeyOf(key), $"'{text.Value}' is no name of the DNS.", $"Write {key} in ASCII, as \"{ZoneExample}\".");
        return null;
    }

    private Dictionary<ClauseId, byte> Codes(TableReader table)
    {
        var codes = new Dictionary<ClauseId, byte>(ListServerOptions.CodesDefault);
        foreach (var entry in table.Tables("code"))
        {
            var clause = entry.Text("clause", "C7");
            var answer = entry.WholeIfAny("answer");
            if (answer is null or < 2 or > 254)
                problems.Add(entry.At, entry.KeyOf("answer"), "An answer is the last octet of 127.0.0.x, from 2 to 254 (RFC 5782 §2.3).", "Write answer = 3.");
            else if (clause is not null)
                codes[new ClauseId(clause.Value)] = (byte)answer;
            entry.Finish();
        }

        return codes;
    }
}
