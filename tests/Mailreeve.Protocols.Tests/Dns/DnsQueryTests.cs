using Mailreeve.Protocols.Dns;

namespace Mailreeve.Protocols.Tests.Dns;

public class DnsQueryTests
{
    private static readonly byte[] Edns = [0, 0, 41, 0x04, 0xD0, 0, 0, 0x80, 0, 0, 0];

    [Fact]
    public void A_question_is_read_and_answered_in_its_own_case()
    {
        var message = Question("2.0.0.127.bL.eXaMPLE", DnsRecordType.A, [.. Edns], additional: 1);
        Assert.True(DnsQuery.TryRead(message, out var query));
        Assert.Equal((DnsCode.NoError, DnsRecordType.A, true, 1232), (query.Fault, query.Type, query.HasEdns, query.UdpBytesMax));

        var into = new byte[1232];
        var reply = new DnsReply(query, into) { IsAuthoritative = true };
        Assert.True(WireName.IsWithin(query.Name, WireName.Of("bl.example"), out var before));
        reply.Add(DnsSection.Answer, 0, DnsRecordType.A, 60, [127, 0, 0, 2]);
        reply.Add(DnsSection.Authority, before, DnsRecordType.Ns, 300, WireName.Of("ns.example"));
        var answer = into[..reply.Finish()];

        // QR, AA, RD; one of each; the question as it stood; and OPT with the question's DO.
        Assert.Equal([0x12, 0x34, 0x85, 0x00, 0, 1, 0, 1, 0, 1, 0, 1], answer[..12]);
        var question = message[12..(12 + query.Name.Length + 4)];
        Assert.Equal(question, answer[12..(12 + question.Length)]);
        byte[] records =
        [
            0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 2,
            0xC0, (byte)(12 + before), 0, 2, 0, 1, 0, 0, 1, 0x2C, 0, 12, 2, (byte)'n', (byte)'s', 7, .. "example"u8, 0,
        ];
        Assert.Equal(records, answer[(12 + question.Length)..^11]);
        Assert.Equal([0, 0, 41, 0x04, 0xD0, 0, 0, 0x80, 0, 0, 0], answer[^11..]);
    }

    [Fact]
    public void What_does_not_fit_is_cut_to_the_question_and_says_so()
    {
        DnsQuery.TryRead(Question("many.example", DnsRecordType.A), out var query);
        var into = new byte[DnsQuery.PlainUdpBytesMax];

        var reply = new DnsReply(query, into);
        for (var i = 0; i < 31; i++)
            Assert.Equal(i < 30, reply.Add(DnsSection.Answer, 0, DnsRecordType.A, 60, [127, 0, 0, 2]));
        var answer = into[..reply.Finish()];

        Assert.Equal([0x12, 0x34, 0x83, 0x00, 0, 1, 0, 0, 0, 0, 0, 0], answer[..12]);
        Assert.Equal(12 + query.Name.Length + 4, answer.Length);
    }

    [Theory]
    [InlineData("a second question", DnsCode.FormatError)]
    [InlineData("a compressed name", DnsCode.FormatError)]
    [InlineData("an end in the name", DnsCode.FormatError)]
    [InlineData("more behind it", DnsCode.FormatError)]
    [InlineData("two OPT", DnsCode.FormatError)]
    [InlineData("an answer in it", DnsCode.FormatError)]
    [InlineData("an update", DnsCode.NotImplemented)]
    [InlineData("a version of EDNS to come", DnsCode.BadVersion)]
    public void What_is_no_plain_question_is_answered_with_why(string what, DnsCode expected)
    {
        var good = Question("bl.example", DnsRecordType.A);
        byte[] message = what switch
        {
            "a second question" => [.. good[..5], 2, .. good[6..]],
            "a compressed name" => [.. good[..12], 0xC0, 12, 0, 1, 0, 1],
            "an end in the name" => good[..^6],
            "more behind it" => [.. good, 0],
            "two OPT" => Question("bl.example", DnsRecordType.A, [.. Edns, .. Edns], additional: 2),
            "an answer in it" => [.. good[..7], 1, .. good[8..]],
            "an update" => [.. good[..2], 0x28, .. good[3..]],
            _ => Question("bl.example", DnsRecordType.A, [0, 0, 41, 2, 0, 0, 1, 0, 0, 0, 0], additional: 1),
        };

        Assert.True(DnsQuery.TryRead(message, out var query));
        Assert.Equal(expected, query.Fault);
        var into = new byte[512];
        var length = new DnsReply(query, into).Finish();

        Assert.Equal((int)expected & 15, into[3] & 15);
        if (expected == DnsCode.BadVersion)
            Assert.Equal(1, into[length - 6]);
    }

    [Fact]
    public void An_answer_and_what_has_no_number_are_not_answered()
    {
        var answer = Question("bl.example", DnsRecordType.A);
        answer[2] |= 0x80;

        Assert.False(DnsQuery.TryRead(answer, out _));
        Assert.False(DnsQuery.TryRead(answer.AsSpan(0, 11), out _));
    }

    [Fact]
    public void A_transfer_of_changes_names_the_serial_that_is_known()
    {
        byte[] soa = [0xC0, 12, 0, 6, 0, 1, 0, 0, 0, 0, 0, 22, 0, 0, 0, 0, 0, 7, .. new byte[16]];
        var message = Question("rpz.example", DnsRecordType.Ixfr, soa);
        message[9] = 1;

        DnsQuery.TryRead(message, out var query);

        Assert.Equal((DnsCode.NoError, 7u), (query.Fault, query.KnownSerial));
    }

    [Theory]
    [InlineData("bl.example", 0)]
    [InlineData("x.BL.example", 2)]
    [InlineData("1.2.bl.Example", 4)]
    [InlineData("xbl.example", -1)]
    [InlineData("example", -1)]
    public void A_name_lies_in_a_zone_by_whole_labels(string name, int before) =>
        Assert.Equal(before, WireName.IsWithin(WireName.Of(name), WireName.Of("bl.example"), out var octets) ? octets : -1);

    [Fact]
    public void A_zone_tells_its_serial_and_whose_it_is()
    {
        var head = new DnsZoneHead("bl.example", ["ns.example"], "host.master@example", new DnsZoneTimes(60, 61, 62, 63, 64));

        var soa = head.Soa(0x01020304, stackalloc byte[512]).ToArray();

        Assert.Equal([.. WireName.Of("ns.example"), 11, .. "host.master"u8, .. WireName.Of("example"), 1, 2, 3, 4, 0, 0, 0, 62, 0, 0, 0, 63, 0, 0, 0, 64, 0, 0, 0, 61], soa);
        Assert.True(DnsZoneHead.IsLater(1, uint.MaxValue));
        Assert.False(DnsZoneHead.IsLater(7, 7));
    }

    internal static byte[] Question(string name, ushort type, byte[]? rest = null, byte additional = 0) =>
        [0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, additional, .. Cased(name), (byte)(type >> 8), (byte)type, 0, 1, .. rest ?? []];

    private static byte[] Cased(string name) => [.. name.Split('.').SelectMany(l => (byte[])[(byte)l.Length, .. System.Text.Encoding.ASCII.GetBytes(l)]), 0];
}
