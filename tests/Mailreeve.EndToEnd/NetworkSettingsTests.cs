using Mailreeve.Configuration;
using Mailreeve.Network.Detections;
using Mailreeve.Policy.Accounts;
using Mailreeve.Policy.Blocks;
using Mailreeve.Policy.Detections;
using Mailreeve.Storage.Network;
using NodaTime;

namespace Mailreeve.EndToEnd;

/// <summary>What <c>mailreeve.toml</c> says about who enforces blocks elsewhere.</summary>
public sealed class NetworkSettingsTests
{
    private const string Minimal = """
        [database]
        connection = "sqlite:mailreeve.db"

        [provider]
        name = "Example Internet"
        domains = ["provider.example"]
        host-name = "mail.provider.example"
        base-url = "https://mail.provider.example"
        support-telephone = "+1 555 0100"
        networks = ["203.0.113.0/24"]

        [smtp]
        listen = ["127.0.0.1:2525"]

        [web]
        listen = ["127.0.0.1:8080"]

        """;

    [Theory]
    [InlineData("rpz.example", true)]
    [InlineData("bl.example", false)]
    [InlineData("rpz.bl.example", false)]
    [InlineData("example", false)]
    public void A_zone_of_names_is_neither_in_that_of_addresses_nor_around_it(string zone, bool isGood)
    {
        SettingsFile.Read("mailreeve.toml", Minimal + $"""
            [dnsbl]
            zone = "bl.example"
            listen = ["127.0.0.1:5353"]
            name-servers = ["ns.provider.test"]

            [dnsbl.rpz]
            zone = "{zone}"
            """, out var mistakes);

        Assert.Equal(isGood, mistakes.Count == 0);
    }

    [Fact]
    public void Sensors_are_read_and_what_is_left_out_is_usual()
    {
        var settings = SettingsFile.Read("mailreeve.toml", Minimal + """
            [detection]
            listen = ["127.0.0.1:2055"]
            exporters = ["192.0.2.1", "192.0.2.8/29"]
            block-others = true
            block-for = "2 h"

            [[detection.eve]]
            name = "suricata-1"
            path = "/var/log/suricata/eve.json"
            """, out var mistakes);

        Assert.Empty(mistakes);
        var detection = settings!.Detection;
        Assert.Equal(new DetectionTerms { BlocksOthers = true, BlockFor = Duration.FromHours(2) }, detection.Terms);
        Assert.Equal(new EveLog("suricata-1", "/var/log/suricata/eve.json", 2), Assert.Single(detection.Logs));
        Assert.Equal(("127.0.0.1:2055", 2), (Assert.Single(detection.Listen).ToString(), detection.Exporters.Count));
    }

    [Fact]
    public void Bouncers_webhooks_and_access_servers_are_read()
    {
        var settings = SettingsFile.Read("mailreeve.toml", Minimal + """
            [enforcement.crowdsec]
            listen = ["127.0.0.1:8090"]

            [[enforcement.webhook]]
            name = "irc"
            url = "https://irc.provider.example/mailreeve"
            secret = "a secret of the two"
            services = ["irc", "web-hosting"]

            [radius]
            listen = ["127.0.0.1:1813"]

            [[radius.client]]
            name = "bras1"
            addresses = ["192.0.2.10"]
            secret = "a shared secret"
            coa = "192.0.2.10:3799"
            on-block = "change"
            filter-id = "quarantine"
            port25-filter-id = "no-smtp"
            identify-by = ["user-name"]
            coa-attributes = ["6=00000002"]
            """, out var mistakes);

        Assert.Empty(mistakes);
        Assert.Equal("127.0.0.1:8090", Assert.Single(settings!.Enforcement.Bouncers.Listen).ToString());
        Assert.Equal([ServiceKind.Irc, ServiceKind.WebHosting], Assert.Single(settings.Enforcement.Webhooks).Services);
        var control = Assert.Single(settings.Accounting.Clients).Control!;
        Assert.Equal(("192.0.2.10:3799", SessionAction.Change, "quarantine", "no-smtp", true, false), (control.At.ToString(), control.OnBlock, control.FilterId, control.FilterFor(BlockScope.Port25), control.SendsUserName, control.SendsStation));
        Assert.Equal([0, 0, 0, 2], Assert.Single(control.More).Value.ToArray());
    }

    [Fact]
    public void How_long_it_is_kept_who_had_an_address_is_read_and_180_days_without()
    {
        var settings = SettingsFile.Read("mailreeve.toml", Minimal + "[who]\nkeep-sessions = \"7 d\"\nkeep-questions = \"24 h\"", out var mistakes);
        var without = SettingsFile.Read("mailreeve.toml", Minimal, out _);

        Assert.Empty(mistakes);
        Assert.Equal((7.0, 1.0), (settings!.WhoRetention.Sessions.TotalDays, settings.WhoRetention.Questions.TotalDays));
        Assert.Equal((180.0, 366.0), (without!.WhoRetention.Sessions.TotalDays, without.WhoRetention.Questions.TotalDays));
    }

    [Theory]
    [InlineData("[enforcement.crowdsec]", "No bouncer could ask anywhere.")]
    [InlineData("[enforcement.crowdsec]\nlisten-tls = [\"127.0.0.1:8453\"]", "TLS needs a certificate.")]
    [InlineData("[[enforcement.webhook]]\nname = \"irc\"\nurl = \"http://irc.provider.example/\"\nsecret = \"a secret of the two\"", "is no address that may be told")]
    [InlineData("[[enforcement.webhook]]\nname = \"irc\"\nurl = \"https://user:word@irc.provider.example/\"\nsecret = \"a secret of the two\"", "is no address that may be told")]
    [InlineData("[[enforcement.webhook]]\nname = \"irc\"\nurl = \"https://irc.provider.example/?key=word\"\nsecret = \"a secret of the two\"", "is no address that may be told")]
    [InlineData("[[enforcement.webhook]]\nname = \"irc\"\nurl = \"https://irc.provider.example/\"\nsecret = \"short\"", "can be guessed")]
    [InlineData("[[enforcement.webhook]]\nname = \"irc\"\nurl = \"http://127.0.0.1/\"\nsecret = \"a secret of the two\"\nservices = [\"chat\"]", "is no kind of service")]
    [InlineData("[radius]\nlisten = [\"127.0.0.1:1813\"]\n[[radius.client]]\nname = \"b\"\naddresses = [\"192.0.2.10\"]\nsecret = \"a shared secret\"\ncoa = \"192.0.2.10\"", "is not an address with a port")]
    [InlineData("[radius]\nlisten = [\"127.0.0.1:1813\"]\n[[radius.client]]\nname = \"b\"\naddresses = [\"192.0.2.10\"]\nsecret = \"a shared secret\"\ncoa = \"192.0.2.10:3799\"\non-block = \"change\"", "A session is changed by the filter")]
    [InlineData("[radius]\nlisten = [\"127.0.0.1:1813\"]\n[[radius.client]]\nname = \"b\"\naddresses = [\"192.0.2.10\"]\nsecret = \"a shared secret\"\ncoa = \"192.0.2.10:3799\"\ncoa-attributes = [\"80=00\"]", "is no attribute that may be added")]
    [InlineData("[detection]\nlisten = [\"127.0.0.1:2055\"]", "detection.exporters")]
    [InlineData("[detection]\nwindow = \"31 d\"", "'31 d' is no time from 1 s to 30 d. Write window = \"24 h\".")]
    [InlineData("[detection]\ntargets-at-least = 0", "0 is outside 1 to 100000. Leave the key out for 4.")]
    [InlineData("[detection]\n[[detection.eve]]\nname = \"flows\"\npath = \"eve.json\"", "Give each sensor its own name; 'flows' is taken.")]
    [InlineData("[who]\nkeep-sessions = \"12 h\"", "'12 h' is no time from 24 h to 3650 d. Write keep-sessions = \"180 d\".")]
    [InlineData("[who]\nkeep-sessions = 180", "This must be text")]
    [InlineData("[who]\nkeep = \"180 d\"", "This key is unknown.")]
    public void Mistakes_are_told_and_what_to_write_instead(string section, string mistake)
    {
        Assert.Null(SettingsFile.Read("mailreeve.toml", Minimal + section, out var mistakes));

        Assert.Contains(mistakes, m => m.ToString()!.Contains(mistake, StringComparison.Ordinal));
    }
}
