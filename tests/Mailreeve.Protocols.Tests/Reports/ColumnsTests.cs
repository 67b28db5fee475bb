using Mailreeve.Protocols.Reports;

namespace Mailreeve.Protocols.Tests.Reports;

public class ColumnsTests
{
    [Theory]
    [InlineData("ip", "Plain Address")]
    [InlineData("IP Address", "Plain Address")]
    [InlineData("src_ip", "Source Address")]
    [InlineData("source.ip", "Source Address")]
    [InlineData("sourceIp", "Source Address")]
    [InlineData("srcip", "Source Address")]
    [InlineData("Attacker", "Source Address")]
    [InlineData("Source", "Source Address")]
    [InlineData("Offending IP", "Source Address")]
    [InlineData("Reported IP", "Source Address")]
    [InlineData("Your IP", "Plain Address")]
    [InlineData("ipv4-addr", "Plain Address")]
    [InlineData("dst_ip", "Victim Address")]
    [InlineData("destination.ip", "Victim Address")]
    [InlineData("Target IP", "Victim Address")]
    [InlineData("victim", "Victim Address")]
    [InlineData("Our IP", "Victim Address")]
    [InlineData("Ziel-IP", "Victim Address")]
    [InlineData("cc_ip", "Controller Address")]
    [InlineData("remote_ip", "Remote Address")]
    [InlineData("source.port", "Source Port")]
    [InlineData("dst_port", "Victim Port")]
    [InlineData("target_url", "Victim Url")]
    [InlineData("time.source", "Plain Time")]
    [InlineData("event_date", "Plain Date")]
    [InlineData("Zeitstempel", "Plain Time")]
    [InlineData("First Seen", "Plain Time")]
    [InlineData("classification.type", "Plain Kind")]
    [InlineData("FQDN", "Plain Domain")]
    [InlineData("hostname", "Plain Host")]
    [InlineData("user_agent", "Plain None")]
    [InlineData("city", "Plain None")]
    [InlineData("", "Plain None")]
    public void A_name_says_the_part_and_whose_it_is(string name, string expected)
    {
        var meaning = Columns.Resolve(name);

        Assert.Equal(expected, meaning.Part == Part.None ? "Plain None" : $"{meaning.Side} {meaning.Part}");
    }

    [Theory]
    [InlineData("Time (UTC)", "UTC")]
    [InlineData("timestamp_utc", "UTC")]
    [InlineData("Last Seen CET", "CET")]
    [InlineData("Time", null)]
    public void A_name_may_state_the_zone(string name, string? zone) => Assert.Equal(zone, Columns.Resolve(name).Zone);

    [Theory]
    [InlineData("2024-02-29-scan_ntp-isp-asn.csv", "vulnerability/open_service Source")]
    [InlineData("2024-02-29-scan6_ssh-31-isp-geo.csv.zip", "vulnerability/open_service Source")]
    [InlineData("2024-02-29-event4_honeypot_brute_force-isp-ip.csv", "connection/login_attack Source")]
    [InlineData("2024-02-29-event4_honeypot_ddos_amp-isp-ip.csv", "connection/ddos Victim")]
    [InlineData("2024-02-29-event6_sinkhole_http-isp-ip.csv", "infrastructure/botnet Source")]
    [InlineData("2024-02-29-compromised_website6-isp-ip.csv", "content/remote_compromise Site")]
    [InlineData("2024-02-29-device_id-isp-ip.csv", "reputation/other Other")]
    [InlineData("2024-02-29-never_heard_of-isp-ip.csv", null)]
    [InlineData("report.csv", null)]
    public void The_name_of_a_feed_file_says_its_kind(string file, string? expected)
    {
        var kind = KindWords.OfFile(file)?.Kind;

        Assert.Equal(expected, kind is null ? null : $"{kind.Category}/{kind.Type} {kind.Role}");
    }

    [Theory]
    [InlineData("infected-system", "infrastructure/botnet")]
    [InlineData("brute-force", "connection/login_attack")]
    [InlineData("c2-server", "infrastructure/botnet")]
    [InlineData("malware-distribution", "content/malware")]
    [InlineData("phishing", "content/phishing")]
    [InlineData("vulnerable-system", "vulnerability/cve")]
    [InlineData("Botnet Drone", "infrastructure/botnet")]
    [InlineData("SSH login attempts", "connection/login_attack")]
    [InlineData("the weather", null)]
    public void Words_of_classifications_say_the_kind(string text, string? expected)
    {
        var kind = KindWords.Find(text);

        Assert.Equal(expected, kind is null ? null : $"{kind.Category}/{kind.Type}");
    }

    [Theory]
    [InlineData("192.0.2.7", "192.0.2.7", null)]
    [InlineData("192.0.2.7:25", "192.0.2.7", 25)]
    [InlineData("[2001:db8::7]:25", "2001:db8::7", 25)]
    [InlineData("192.000.002.007", "192.0.2.7", null)]
    [InlineData("192[.]0[.]2[.]7", "192.0.2.7", null)]
    [InlineData("192.0.2.7/32", "192.0.2.7", null)]
    [InlineData("192.0.2.0/24", null, null)]
    [InlineData("1.2.3", null, null)]
    [InlineData("mail.example", null, null)]
    public void A_cell_holds_an_address_in_several_notations(string cell, string? address, int? port)
    {
        var isAddress = Cells.TryAddress(cell, out var read, out var its);

        Assert.Equal((address, port), (isAddress ? read.ToString() : null, its));
    }
}
