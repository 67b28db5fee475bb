using Mailreeve.Policy.Relay;
using Mailreeve.Protocols.Net;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Policy.Tests.Relay;

public sealed class RelayTestTableTests
{
    private static readonly byte[] Key = [1, 2, 3, 4];

    private static readonly RelayNames Names = new()
    {
        Token = "r1-2-abc",
        Probe = "p1-2-abc",
        Collector = "collector.example",
        Third = "third.example",
        Host = "mx.alder.example",
        CustomerDomain = "alder.example",
        Address = Address.Parse("203.0.113.25"),
        CollectorAddress = Address.Parse("198.51.100.25"),
    };

    [Fact]
    public void Every_test_can_be_said_and_each_is_another_one()
    {
        var said = RelayTestTable.All.Select(t => t.TryFill(Names, out var envelope) ? envelope : null).ToList();

        Assert.DoesNotContain(null, said);
        Assert.Equal(said.Count, said.Distinct().Count());
        Assert.Equal(said.Count, RelayTestTable.All.Select(t => t.Name).Distinct().Count());
        Assert.All(said, s => Assert.DoesNotContain("{", s!.Mail + s.Rcpt, StringComparison.Ordinal));
        Assert.All(said, s => Assert.DoesNotMatch("[\r\n]", s!.Mail + s.Rcpt + s.Helo));
    }

    [Fact]
    public void All_sixteen_tests_of_nmap_are_among_them()
    {
        var same = RelayTestTable.All.SelectMany(t => t.SameAs).ToHashSet();

        Assert.All(Enumerable.Range(1, 16), n => Assert.Contains($"nmap {n}", same));
        Assert.All(Enumerable.Range(1, 6), n => Assert.Contains($"MAPS {n}", same));
    }

    [Theory]
    [InlineData("percent-host", "MAIL FROM:<probe@[203.0.113.25]>", "RCPT TO:<r1-2-abc%collector.example@mx.alder.example>")]
    [InlineData("route-two", "MAIL FROM:<probe@[203.0.113.25]>", "RCPT TO:<@mx.alder.example,@third.example:r1-2-abc@collector.example>")]
    [InlineData("bang-literal", "MAIL FROM:<probe@[203.0.113.25]>", "RCPT TO:<collector.example!r1-2-abc@[203.0.113.25]>")]
    [InlineData("quoted-host", "MAIL FROM:<probe@[203.0.113.25]>", "RCPT TO:<\"r1-2-abc@collector.example\"@mx.alder.example>")]
    [InlineData("null-sender", "MAIL FROM:<>", "RCPT TO:<r1-2-abc@collector.example>")]
    [InlineData("no-brackets", "MAIL FROM:<probe@third.example>", "RCPT TO: r1-2-abc@collector.example")]
    [InlineData("collector-literal", "MAIL FROM:<probe@third.example>", "RCPT TO:<r1-2-abc@[198.51.100.25]>")]
    public void A_test_is_said_as_the_table_says(string name, string mail, string rcpt)
    {
        Assert.True(RelayTestTable.Find(name)!.TryFill(Names, out var envelope));
        Assert.Equal((mail, rcpt), (envelope.Mail, envelope.Rcpt));
    }

    [Fact]
    public void A_test_that_needs_a_name_which_is_not_known_is_left_out()
    {
        var without = Names with { Host = null, Third = null, CustomerDomain = null, CollectorAddress = null };

        Assert.False(RelayTestTable.Find("percent-host")!.TryFill(without, out _));
        Assert.False(RelayTestTable.Find("host-helo")!.TryFill(without, out _));
        Assert.True(RelayTestTable.Find("percent-literal")!.TryFill(without, out _));
        Assert.True(RelayTestTable.All.Count(t => t.TryFill(without, out _)) >= 15);
    }

    [Fact]
    public void An_address_of_ipv6_has_its_tag()
    {
        Assert.True(RelayTestTable.Find("literal-sender")!.TryFill(Names with { Address = Address.Parse("2001:db8::25") }, out var envelope));
        Assert.Equal("MAIL FROM:<probe@[IPv6:2001:db8::25]>", envelope.Mail);
    }

    [Theory]
    [InlineData("mx.alder.example ESMTP Postfix", "mx.alder.example")]
    [InlineData("MX.Alder.Example\nPIPELINING", "mx.alder.example")]
    [InlineData("localhost ready", null)]
    [InlineData("[203.0.113.25] hello", null)]
    [InlineData("203.0.113.25 hello", null)]
    [InlineData("a>b.example hello", null)]
    [InlineData("x@y.example", null)]
    [InlineData("", null)]
    public void A_host_is_called_what_it_calls_itself_if_that_is_a_name(string greeting, string? expected) =>
        Assert.Equal(expected, RelayNames.HostIn(greeting));

    [Fact]
    public void The_collector_takes_what_a_test_of_ours_is_for_and_nothing_else()
    {
        var collector = new RelayCollector(["collector.example", "third.example"], Address.Parse("198.51.100.25"), Key);
        var token = new RelayToken(17, 3).Write(Key);

        Assert.Equal(CollectorFinding.Token, collector.Find(new Mailbox(token, "collector.example")));
        Assert.Equal(CollectorFinding.Token, collector.Find(new Mailbox(token.ToUpperInvariant(), "COLLECTOR.example")));
        Assert.Equal(CollectorFinding.Token, collector.Find(new Mailbox(new RelayToken(17, 3).WriteProbe(Key), "third.example")));
        Assert.Equal(CollectorFinding.Token, collector.Find(new Mailbox(token, "[198.51.100.25]")));
        Assert.Equal(CollectorFinding.Elsewhere, collector.Find(new Mailbox(token, "[198.51.100.26]")));
        Assert.Equal(CollectorFinding.Elsewhere, collector.Find(new Mailbox(token, "provider.example")));
        Assert.Equal(CollectorFinding.Domain, collector.Find(new Mailbox("r17-4" + token[5..], "collector.example")));
        Assert.Equal(CollectorFinding.Domain, collector.Find(new Mailbox("postmaster", "collector.example")));
        Assert.Equal(CollectorFinding.Domain, collector.Find(new Mailbox("", "collector.example")));
        Assert.Equal(CollectorFinding.Domain, new RelayCollector(["collector.example"], null, [9]).Find(new Mailbox(token, "collector.example")));
    }

    [Fact]
    public void A_token_is_short_enough_for_a_local_part_with_a_domain_in_it() =>
        Assert.InRange(new RelayToken(long.MaxValue, 99).Write(Key).Length, 1, 43);
}
