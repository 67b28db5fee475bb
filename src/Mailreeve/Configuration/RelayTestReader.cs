using System.Text;
using Mailreeve.Network.Relay;
using Mailreeve.Policy.Files;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Configuration;

/// <summary>Reads <c>[relay-test]</c>: how hosts of customers are tested for relaying (C7). It may be left out; then none are.</summary>
/// <param name="problems">Takes what is wrong.</param>
/// <param name="prefixes">Reads addresses and prefixes that need not be there.</param>
internal sealed class RelayTestReader(FileProblems problems, Func<TableReader, string, IReadOnlyList<Prefix>> prefixes)
{
    private const int PauseSecondsMax = 600;

    public RelayTestOptions Read(TableReader file, IReadOnlyList<string> ownDomains, string hostName)
    {
        if (file.Table("relay-test", required: false) is not { } table)
            return RelayTestOptions.None;
        var collector = Domain(table, table.Text("collector", "relay-collector.provider.example"), ownDomains);
        var third = table.Entry("third-domain") is null ? null : Domain(table, table.TextIfAny("third-domain", "relay-third.provider.example"), ownDomains);
        var helo = table.TextIfAny("helo-name", "relay-test.provider.example");
        if (helo is not null && !IsName(helo.Value))
            problems.Add(helo.At, table.KeyOf("helo-name"), $"'{helo.Value}' is no name of a host.", "Write the name that relay-test.source leads to.");
        var pause = table.WholeIfAny("pause-seconds") ?? 2;
        if (pause is < 1 or > PauseSecondsMax)
            problems.Add(table.At, table.KeyOf("pause-seconds"), $"{pause} is outside 1 to {PauseSecondsMax}.", "Leave the key out for 2 seconds between tests.");
        var options = new RelayTestOptions
        {
            Collector = collector ?? "",
            Third = third,
            CollectorAddress = One(table, "collector-address"),
            HeloName = helo?.Value ?? hostName,
            Source = One(table, "source"),
            Ports = table.TruthIfAny("submission-ports") == true ? [25, 587, 465] : [25],
            NeverTest = prefixes(table, "never-test"),
            Pause = TimeSpan.FromSeconds(Math.Clamp(pause, 1, PauseSecondsMax)),
        };
        table.Finish();
        return options;
    }

    // Its mail is taken for tests alone: mail of people must not be in it.
    private string? Domain(TableReader table, TomlValue.Text? text, IReadOnlyList<string> ownDomains)
    {
        if (text is null)
            return null;
        var name = text.Value.ToLowerInvariant();
        if (!IsName(name))
            problems.Add(text.At, table.Path, $"'{text.Value}' is no domain.", "Write a name of yours, like \"relay-collector.provider.example\".");
        else if (ownDomains.Contains(name))
            problems.Add(text.At, table.Path, $"People have mail in {name}.", "Give the tests a domain of their own, below it for example.");
        return name;
    }

    private static bool IsName(string name) =>
        Ascii.IsValid(name) && DomainName.IsValid(Encoding.ASCII.GetBytes(name)) && name.Contains('.', StringComparison.Ordinal);

    private Address? One(TableReader table, string key)
    {
        if (table.TextIfAny(key, "198.51.100.25") is not { } text)
            return null;
        if (Address.TryParse(text.Value, out var address))
            return address;
        problems.Add(text.At, table.KeyOf(key), $"'{text.Value}' is no address.", $"Write {key} = \"198.51.100.25\".");
        return null;
    }
}
