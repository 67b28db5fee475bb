namespace Mailreeve.Policy.Relay;

/// <summary>
/// All tests, those first that find most open servers: with one that is proven the others are not needed. Numbers in
/// <see cref="RelayTest.SameAs"/> count as their authors do: nmap's smtp-open-relay, the relay test of MAPS, abuse.net, reedmedia.
/// </summary>
public static class RelayTestTable
{
    /// <summary>The tests in the order in which they are made.</summary>
    public static IReadOnlyList<RelayTest> All { get; } =
    [
        new("other-domain", "{probe}@{third}", "{token}@{collector}") { SameAs = ["MAPS 2"] },
        new("collector-sender", "{probe}@{collector}", "{token}@{collector}") { SameAs = ["nmap 2", "MAPS 1", "abuse.net 1"] },
        new("same-sender", "{token}@{collector}", "{token}@{collector}") { SameAs = ["nmap 2"] },
        new("null-sender", "", "{token}@{collector}") { SameAs = ["nmap 1", "MAPS 5"] },
        new("localhost-sender", "probe@localhost", "{token}@{collector}") { SameAs = ["MAPS 3"] },
        new("bare-sender", "probe", "{token}@{collector}") { SameAs = ["MAPS 4"] },
        new("host-sender", "probe@{host}", "{token}@{collector}") { SameAs = ["nmap 3", "MAPS 6"] },
        new("literal-sender", "probe@{literal}", "{token}@{collector}") { SameAs = ["nmap 4"] },
        new("customer-sender", "probe@{customer}", "{token}@{collector}"),
        new("postmaster-sender", "postmaster@{host}", "{token}@{collector}"),
        new("percent-literal", "probe@{literal}", "{token}%{collector}@{literal}") { SameAs = ["nmap 5"] },
        new("percent-host", "probe@{literal}", "{token}%{collector}@{host}") { SameAs = ["nmap 6"] },
        new("percent-host-sender", "probe@{host}", "{token}%{collector}@{host}") { SameAs = ["nmap 6", "reedmedia"] },
        new("percent-customer", "probe@{third}", "{token}%{collector}@{customer}"),
        new("percent-alone", "probe@{literal}", "{token}%{collector}"),
        new("quoted", "probe@{literal}", "\"{token}@{collector}\"") { SameAs = ["nmap 7", "MAPS-quote"] },
        new("quoted-percent", "probe@{literal}", "\"{token}%{collector}\"") { SameAs = ["nmap 8"] },
        new("twice-literal", "probe@{literal}", "{token}@{collector}@{literal}") { SameAs = ["nmap 9"] },
        new("quoted-literal", "probe@{literal}", "\"{token}@{collector}\"@{literal}") { SameAs = ["nmap 10"] },
        new("twice-host", "probe@{literal}", "{token}@{collector}@{host}") { SameAs = ["nmap 11"] },
        new("quoted-host", "probe@{literal}", "\"{token}@{collector}\"@{host}") { SameAs = ["nmap 11"] },
        new("route-literal", "probe@{literal}", "@{literal}:{token}@{collector}") { SameAs = ["nmap 12"] },
        new("route-host", "probe@{literal}", "@{host}:{token}@{collector}") { SameAs = ["nmap 13"] },
        new("route-two", "probe@{literal}", "@{host},@{third}:{token}@{collector}"),
        new("bang", "probe@{literal}", "{collector}!{token}") { SameAs = ["nmap 14"] },
        new("bang-literal", "probe@{literal}", "{collector}!{token}@{literal}") { SameAs = ["nmap 15"] },
        new("bang-host", "probe@{literal}", "{collector}!{token}@{host}") { SameAs = ["nmap 16"] },
        // Servers that refuse a sender with an address are asked once more with one that has a name.
        new("percent-host-third", "probe@{third}", "{token}%{collector}@{host}"),
        new("quoted-host-third", "probe@{third}", "\"{token}@{collector}\"@{host}"),
        new("route-host-third", "probe@{third}", "@{host}:{token}@{collector}"),
        new("bang-host-third", "probe@{third}", "{collector}!{token}@{host}"),
        new("collector-literal", "probe@{third}", "{token}@{collector-literal}"),
        new("final-dot", "probe@{third}", "{token}@{collector}."),
        new("no-brackets", "probe@{third}", "{token}@{collector}") { IsBare = true },
        new("host-helo", "probe@{third}", "{token}@{collector}") { Helo = "{host}" },
    ];

    /// <summary>The test of that name; <see langword="null"/> when a later version has none.</summary>
    public static RelayTest? Find(string name) => All.FirstOrDefault(t => t.Name == name);
}
