using Mailreeve.Policy.Attribution;
using Mailreeve.Protocols.Net;
using Mailreeve.Testing;
using NodaTime;

namespace Mailreeve.Policy.Tests.Attribution;

public sealed class WhoRulesTests
{
    private static readonly CustomerId Alder = new(1);
    private static readonly CustomerId Birch = new(2);
    private static readonly CustomerId Cedar = new(3);
    private static readonly Instant T = Some.Time;

    [Fact]
    public void A_session_over_the_whole_time_is_certain()
    {
        var answer = Decide(Facts([Session(Alder, -60, 60)]));

        Assert.Equal(new Holder(Alder, Session: 1), Assert.IsType<AttributionVerdict.Certain>(answer.Verdict).Holder);
        Assert.Equal([Alder], answer.Chain);
        Assert.IsType<WhoGround.BySession>(Assert.Single(answer.Grounds));
    }

    [Theory]
    [InlineData(-60, 2)]
    [InlineData(-2, 60)]
    public void One_that_began_or_ended_within_the_doubt_is_bounded(int from, int to) =>
        Assert.IsType<AttributionVerdict.Bounded>(Decide(Facts([Session(Alder, from, to)])).Verdict);

    [Fact]
    public void Two_within_the_doubt_are_ambiguous_and_nobody_is_named()
    {
        var answer = Decide(Facts([Session(Alder, -60, -1), Session(Birch, 1, 60, id: 2)]));

        Assert.Equal([Alder, Birch], Assert.IsType<AttributionVerdict.Ambiguous>(answer.Verdict).Customers);
        Assert.Empty(answer.Chain);
    }

    [Fact]
    public void Two_sessions_of_one_customer_at_either_end_are_certain() =>
        Assert.IsType<AttributionVerdict.Certain>(Decide(Facts([Session(Alder, -60, -1), Session(Alder, 1, 60, id: 2)])).Verdict);

    [Fact]
    public void Who_is_above_both_answers_for_it()
    {
        var answer = Decide(Facts([Session(Alder, -60, -1, chain: [Alder, Cedar]), Session(Birch, 1, 60, id: 2, chain: [Birch, Cedar])]));

        Assert.Equal(Cedar, Assert.IsType<AttributionVerdict.Bounded>(answer.Verdict).Holder.Customer);
        Assert.Equal([Cedar], answer.Chain);
    }

    [Fact]
    public void A_session_whose_stop_was_lost_is_certain_only_while_it_was_seen()
    {
        var lost = Session(Alder, -60, 60) with { };
        lost = lost with { Session = lost.Session with { End = SessionEnd.Lost, SeenAt = T - Duration.FromMinutes(30) } };

        Assert.IsType<AttributionVerdict.Bounded>(Decide(Facts([lost])).Verdict);
        Assert.IsType<AttributionVerdict.Certain>(Decide(Facts([lost]) with { Window = new Interval(At(-50), At(-40)) }).Verdict);
    }

    [Fact]
    public void Behind_a_translator_only_the_port_tells()
    {
        IReadOnlyList<SessionCandidate> blocks = [Session(Alder, -60, 60, ports: (1024, 2047)), Session(Birch, -60, 60, id: 2, ports: (2048, 3071))];

        Assert.Equal([Alder, Birch], Assert.IsType<AttributionVerdict.Ambiguous>(Decide(Facts(blocks)).Verdict).Customers);
        Assert.Equal(Birch, Assert.IsType<AttributionVerdict.Certain>(Decide(Facts(blocks) with { Port = 2048 }).Verdict).Holder.Customer);
        Assert.IsType<AttributionVerdict.Unassigned>(Decide(Facts(blocks) with { Port = 9 }).Verdict);
    }

    [Fact]
    public void A_session_of_the_very_address_comes_before_the_pool_around_it_and_not_against_its_own_assignment()
    {
        var pool = new Candidate(Some.Assignment with { Customer = Cedar, Prefix = Prefix.Parse("198.51.100.0/24") }, [Cedar]);
        var same = new Candidate(Some.Assignment with { Customer = Cedar, Prefix = Prefix.Parse("198.51.100.7") }, [Cedar]);

        Assert.Equal(Alder, Assert.IsType<AttributionVerdict.Certain>(Decide(Facts([Session(Alder, -60, 60)]) with { Assignments = [pool] }).Verdict).Holder.Customer);
        Assert.Equal([Alder, Cedar], Assert.IsType<AttributionVerdict.Ambiguous>(Decide(Facts([Session(Alder, -60, 60)]) with { Assignments = [same] }).Verdict).Customers);
    }

    [Fact]
    public void A_login_that_is_nobodys_leaves_it_to_the_assignment()
    {
        var pool = new Candidate(Some.Assignment with { Customer = Cedar, Prefix = Prefix.Parse("198.51.100.0/24") }, [Cedar]);
        var unknown = Session(Alder, -60, 60) with { Chain = [] };

        Assert.Equal(Cedar, Assert.IsType<AttributionVerdict.Certain>(Decide(Facts([unknown]) with { Assignments = [pool] }).Verdict).Holder.Customer);
        Assert.IsType<AttributionVerdict.Unassigned>(Decide(Facts([unknown])).Verdict);
        Assert.IsType<AttributionVerdict.Ambiguous>(Decide(Facts([Session(Birch, -60, 60, id: 2), unknown])).Verdict);
    }

    [Fact]
    public void Computed_ports_lead_inside()
    {
        var nat = Nat();
        var outside = Address.Parse("203.0.113.1");
        // The second address, third block of ports: users 14 to 27, of which this is 16.
        var mapped = Assert.IsType<NatMapping.Mapped>(nat.Find(outside, 1024 + (2 * 4032) + 5));
        var facts = Facts([]) with
        {
            Address = outside,
            Port = 1024 + (2 * 4032) + 5,
            Nat = mapped,
            Inside = Facts([Session(Alder, -60, 60)]) with { Address = mapped.Inside },
        };

        var answer = Decide(facts);

        Assert.Equal((Address.Parse("100.64.0.16"), 9088L, 13119L), (mapped.Inside, mapped.FirstPort, mapped.LastPort));
        Assert.Equal(Alder, Assert.IsType<AttributionVerdict.Certain>(answer.Verdict).Holder.Customer);
        Assert.IsType<WhoGround.ByMapping>(answer.Grounds[0]);
        Assert.IsType<AttributionVerdict.Ambiguous>(Decide(facts with { Port = null, Nat = nat.Find(outside, null), Inside = null }).Verdict);
    }

    [Fact]
    public void Every_inside_address_has_ports_that_lead_back_to_it()
    {
        var nat = Nat();

        Assert.Equal(4032, nat.PortsPerUser);
        Assert.All(Enumerable.Range(0, 64), i =>
        {
            var inside = new Address(nat.Inside.First.Bits + (UInt128)i);
            // RFC 7422 §2: the users of one outside address have one block after the other.
            var outside = new Address(nat.Outside[0].First.Bits + (UInt128)(i / nat.Compression));
            var first = nat.Reserved + (i % nat.Compression * nat.PortsPerUser);
            Assert.Equal(inside, Assert.IsType<NatMapping.Mapped>(nat.Find(outside, (int)first)).Inside);
            Assert.Equal(inside, Assert.IsType<NatMapping.Mapped>(nat.Find(outside, (int)(first + nat.PortsPerUser - 1))).Inside);
        });
        Assert.IsType<NatMapping.Nobody>(nat.Find(Address.Parse("203.0.113.0"), 1023));
        Assert.IsType<NatMapping.OnDemand>(nat.Find(Address.Parse("203.0.113.0"), 1024 + (14 * 4032)));
        Assert.Null(nat.Find(Address.Parse("203.0.113.8"), 5000));
        Assert.Empty(nat.Problems());
        Assert.NotEmpty((nat with { Compression = 3 }).Problems());
        Assert.NotEmpty((nat with { Compression = 70_000 }).Problems());
    }

    [Fact]
    public void A_session_is_told_as_it_was_known_then()
    {
        var row = Session(Alder, -60, -30).Session with { RecordedAt = At(-59), EndRecordedAt = At(-29) };

        Assert.Null(row.AsKnownAt(At(-60)));
        Assert.True(row.AsKnownAt(At(-40))!.HeldAt(T));
        Assert.False(row.AsKnownAt(At(-20))!.HeldAt(T));
    }

    private static DeterministicNat Nat() => new()
    {
        Inside = Prefix.Parse("100.64.0.0/26"),
        Outside = [Prefix.Parse("203.0.113.0/30"), Prefix.Parse("203.0.113.4/31")],
        Compression = 14,
        Dynamic = 2,
    };

    private static WhoAnswer Decide(WhoFacts facts) => WhoRules.Decide(facts);

    private static WhoFacts Facts(IReadOnlyList<SessionCandidate> sessions) => new()
    {
        Address = Address.Parse("198.51.100.7"),
        Window = new Interval(At(-5), At(5)),
        IsOurs = true,
        Sessions = sessions,
    };

    private static Instant At(int minutes) => T + Duration.FromMinutes(minutes);

    private static SessionCandidate Session(
        CustomerId customer, int from, int to, long id = 1, IReadOnlyList<CustomerId>? chain = null, (long First, long Last)? ports = null) => new(
        new AddressSession
        {
            Id = id,
            Source = ports is null ? SessionSource.Radius : SessionSource.Nat,
            Nas = "nas",
            Session = $"{id}",
            Customer = customer,
            Prefix = Prefix.Parse("198.51.100.7"),
            FirstPort = ports?.First ?? 0,
            LastPort = ports?.Last ?? AddressSession.PortMax,
            StartedAt = At(from),
            SeenAt = At(to),
            EndedAt = At(to),
            End = SessionEnd.Stopped,
            RecordedAt = At(from),
            EndRecordedAt = At(to),
        },
        chain ?? [customer]);
}
