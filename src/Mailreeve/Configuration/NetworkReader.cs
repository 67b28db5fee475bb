using System.Net;
using System.Text;
using Mailreeve.Network.Who;
using Mailreeve.Policy;
using Mailreeve.Policy.Attribution;
using Mailreeve.Policy.Files;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Radius;
using NodaTime;

namespace Mailreeve.Configuration;

/// <summary>Reads what <c>mailreeve.toml</c> says about the access network: <c>[radius]</c>, <c>[[nat]]</c> and <c>[who]</c>.</summary>
/// <param name="problems">Takes what is wrong.</param>
/// <param name="endPoints">Reads addresses with ports.</param>
/// <param name="prefixes">Reads addresses and prefixes.</param>
internal sealed class NetworkReader(
    FileProblems problems, Func<TableReader, string, string, IReadOnlyList<IPEndPoint>> endPoints, Func<TableReader, string, string, IReadOnlyList<Prefix>> prefixes)
{
    // What can be tried out in a night is no secret (RFC 2865 §3 says so of 16 octets).
    private const int SecretBytesMin = 8;

    /// <summary><c>[radius]</c>: where accounting is taken, and from whom. It may be left out.</summary>
    public AccountingOptions Radius(TableReader file)
    {
        if (file.Table("radius", required: false) is not { } table)
            return AccountingOptions.None;
        var clients = table.Tables("client").Select(Client).OfType<RadiusClient>().ToList();
        var options = new AccountingOptions(endPoints(table, "listen", "0.0.0.0:1813"), clients);
        if (clients.Count == 0 && table.Tables("client").Count == 0)
            problems.Add(table.At, table.KeyOf("client"), "Nobody is known whose accounting could be taken.", "Add [[radius.client]] with name, addresses and secret.");
        foreach (var twice in clients.GroupBy(c => c.Name).Where(g => g.Count() > 1))
            problems.Add(table.At, table.KeyOf("client"), $"There are several clients '{twice.Key}'.", "Give each its own name.");
        table.Finish();
        return options;
    }

    /// <summary><c>[[nat]]</c>: translators whose ports are computed (RFC 7422).</summary>
    public IReadOnlyList<DeterministicNat> Translators(TableReader file) => [.. file.Tables("nat").Select(Translator).OfType<DeterministicNat>()];

    /// <summary><c>[who]</c>: how long it is kept who had an address, and who asked. It may be left out.</summary>
    public WhoRetention Who(TableReader file)
    {
        var usual = new WhoRetention();
        if (file.Table("who", required: false) is not { } table)
            return usual;
        var kept = new WhoRetention { Sessions = Kept(table, "keep-sessions", usual.Sessions), Questions = Kept(table, "keep-questions", usual.Questions) };
        table.Finish();
        return kept;
    }

    private Duration Kept(TableReader table, string key, Duration usual) =>
        SettingsFile.Time(problems, table, key, usual, WhoRetention.Least, Duration.FromDays(DurationText.DaysMax));

    private RadiusClient? Client(TableReader table)
    {
        var name = table.Text("name", "bras1");
        var from = prefixes(table, "addresses", "192.0.2.10");
        var secret = table.Text("secret", "…");
        var interim = table.WholeIfAny("interim-minutes");
        var required = table.Truth("require-message-authenticator");
        var control = new SessionControlReader(problems).Read(table);
        table.Finish();
        if (secret is not null && Encoding.UTF8.GetByteCount(secret.Value) < SecretBytesMin)
            problems.Add(secret.At, table.KeyOf("secret"), $"A secret of less than {SecretBytesMin} octets can be guessed.", "Write a longer one, here and at the client.");
        if (interim is < 1 or > 1440)
            problems.Add(table.At, table.KeyOf("interim-minutes"), $"{interim} is no usual interval.", "Write 1 to 1440, or leave the key out when the client sends no interim records.");
        if (name is null || secret is null)
            return null;
        return new RadiusClient
        {
            Name = name.Value,
            From = from,
            Secret = new RadiusSecret(Encoding.UTF8.GetBytes(secret.Value)),
            InterimEvery = interim is { } minutes ? Duration.FromMinutes(minutes) : null,
            RequiresMessageAuthenticator = required,
            Control = control,
        };
    }

    private DeterministicNat? Translator(TableReader table)
    {
        var inside = prefixes(table, "inside", "100.64.0.0/22");
        var outside = prefixes(table, "outside", "203.0.113.0/28");
        var users = table.WholeIfAny("users-per-address");
        var reserved = table.WholeIfAny("reserved-ports");
        var shares = table.WholeIfAny("dynamic-shares");
        table.Finish();
        if (inside.Count != 1)
        {
            problems.Add(table.At, table.KeyOf("inside"), "Exactly one prefix is translated.", "Write inside = [\"100.64.0.0/22\"].");
            return null;
        }

        if (users is null)
        {
            problems.Add(table.At, table.KeyOf("users-per-address"), "This key is missing.", "Write users-per-address = 14.");
            return null;
        }

        var nat = new DeterministicNat { Inside = inside[0], Outside = outside, Compression = users.Value, Reserved = reserved ?? 1024, Dynamic = shares ?? 0 };
        var wrong = nat.Problems().ToList();
        foreach (var (key, reason) in wrong)
            problems.Add(table.At, table.KeyOf(key), reason, "Write what the translator is set to.");
        return wrong.Count == 0 ? nat : null;
    }
}
