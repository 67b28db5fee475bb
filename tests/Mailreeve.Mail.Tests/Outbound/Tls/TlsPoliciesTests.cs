using Mailreeve.Mail.Outbound;
using Mailreeve.Mail.Outbound.Tls;
using Mailreeve.Protocols.TlsPolicy;

namespace Mailreeve.Mail.Tests.Outbound.Tls;

public class TlsPoliciesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Records_count_when_the_whole_way_to_them_is_signed()
    {
        await using var dns = Zone().Certificate("_25._tcp.mx.customer.example", 3, 1, 1, new byte[32]);

        Assert.IsType<TlsDecision.Opportunistic>(await DecideAsync(dns));
        dns.Signed("customer.example", "_25._tcp.mx.customer.example");
        Assert.IsType<TlsDecision.Opportunistic>(await DecideAsync(dns));
        dns.Signed("mx.customer.example");
        var dane = Assert.IsType<TlsDecision.Dane>(await DecideAsync(dns));

        Assert.Equal("3 1 1 " + new string('0', 64), $"{Assert.Single(dane.Records)}");
        Assert.Equal(["mx.customer.example", "customer.example"], dane.Names);
    }

    [Fact]
    public async Task A_resolver_that_nobody_trusts_is_not_believed()
    {
        await using var dns = Zone().Certificate("_25._tcp.mx.customer.example", 3, 1, 1, new byte[32])
            .Signed("customer.example", "mx.customer.example", "_25._tcp.mx.customer.example");

        Assert.IsType<TlsDecision.Opportunistic>(await DecideAsync(dns, validates: false));
    }

    [Fact]
    public async Task Without_records_or_with_unsigned_ones_there_is_no_DANE()
    {
        await using var dns = Zone().Signed("customer.example", "mx.customer.example");

        Assert.IsType<TlsDecision.Opportunistic>(await DecideAsync(dns));
        dns.Certificate("_25._tcp.mx.customer.example", 3, 1, 1, new byte[32]);
        Assert.IsType<TlsDecision.Opportunistic>(await DecideAsync(dns));
    }

    [Fact]
    public async Task Records_that_cannot_be_looked_up_forbid_the_host()
    {
        await using var dns = Zone().Signed("customer.example", "mx.customer.example").Broken("_25._tcp.mx.customer.example");

        Assert.Equal(TlsResultType.DnssecInvalid, Assert.IsType<TlsDecision.Refuse>(await DecideAsync(dns)).Result);
    }

    private static NamePeer Zone() => new NamePeer().Exchanger("customer.example", 10, "mx.customer.example").Address("mx.customer.example", "192.0.2.1");

    // A resolver for each question: none remembers what was so before.
    private static async Task<TlsDecision> DecideAsync(NamePeer dns, bool validates = true)
    {
        var route = Assert.IsType<MxRoute.Hosts>(await new MxLookup(dns.Validating, "mx.provider.example", validates).FindAsync("customer.example", Stop));
        var policies = new TlsPolicies(new TlsaFinder(dns.Validating), 25, null, null);
        return await policies.DecideAsync(await policies.ForDomainAsync("customer.example", route, Stop), route.Exchangers[0], Stop);
    }
}
