using System.Net;
using System.Text;
using Mailreeve.Network.Webhooks;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Files;
using Mailreeve.Storage;

namespace Mailreeve.Configuration;

/// <summary>Reads <c>[[enforcement.webhook]]</c>: systems that are told about blocks.</summary>
/// <param name="problems">Takes what is wrong.</param>
internal sealed class WebhookReader(FileProblems problems)
{
    private const int SecretBytesMin = 16;
    private const int NameLengthMax = 64;
    private const int TimeoutSecondsMax = 60;

    /// <summary>Reads those of <c>[enforcement]</c>.</summary>
    public IReadOnlyList<Webhook> Read(TableReader enforcement)
    {
        var webhooks = enforcement.Tables("webhook").Select(One).OfType<Webhook>().ToList();
        foreach (var twice in webhooks.GroupBy(w => w.Name).Where(g => g.Count() > 1))
            problems.Add(enforcement.At, enforcement.KeyOf("webhook"), $"There are several webhooks '{twice.Key}'.", "Give each its own name.");
        return webhooks;
    }

    private Webhook? One(TableReader table)
    {
        var name = table.Text("name", "irc");
        var url = table.Text("url", "https://irc.provider.example/mailreeve");
        var secret = table.Text("secret", "…");
        var seconds = table.WholeIfAny("timeout-seconds") ?? 10;
        var services = new List<ServiceKind>();
        foreach (var text in table.Entry("services") is null ? [] : table.Texts("services", "irc") ?? [])
        {
            if (EnumText.TryParse<ServiceKind>(text.Value, out var kind))
                services.Add(kind);
            else
                problems.Add(text.At, table.KeyOf("services"), $"'{text.Value}' is no kind of service.", $"Write some of {string.Join(", ", Enum.GetValues<ServiceKind>().Select(k => EnumText.Of(k)))}.");
        }

        table.Finish();
        if (name is { Value.Length: > NameLengthMax })
            problems.Add(name.At, table.KeyOf("name"), $"A name has {NameLengthMax} characters at most.", "Write a shorter one.");
        if (secret is not null && Encoding.UTF8.GetByteCount(secret.Value) < SecretBytesMin)
            problems.Add(secret.At, table.KeyOf("secret"), $"A secret of less than {SecretBytesMin} octets can be guessed.", "Write a longer one, here and at the receiver.");
        if (seconds is < 1 or > TimeoutSecondsMax)
            problems.Add(table.At, table.KeyOf("timeout-seconds"), $"{seconds} is outside 1 to {TimeoutSecondsMax}.", "Leave the key out for the default.");
        if (name is null || url is null || secret is null || UriOf(table, url) is not { } uri)
            return null;
        return new Webhook { Name = name.Value, Url = uri, Secret = Encoding.UTF8.GetBytes(secret.Value), Services = services, Timeout = TimeSpan.FromSeconds(seconds) };
    }

    // An address goes into logs of machines between: no secret stands in it. Without TLS only to this machine itself.
    private Uri? UriOf(TableReader table, TomlValue.Text text)
    {
        if (Uri.TryCreate(text.Value, UriKind.Absolute, out var uri) && uri.UserInfo.Length == 0 && uri.Query.Length == 0 && uri.Fragment.Length == 0
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address))))
            return uri;
        problems.Add(text.At, table.KeyOf("url"), $"'{text.Value}' is no address that may be told.", "Write https://host/path without user, password and question mark; http:// only to 127.0.0.1 or [::1].");
        return null;
    }
}
