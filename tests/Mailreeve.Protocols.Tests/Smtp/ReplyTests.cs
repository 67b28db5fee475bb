using System.Reflection;
using CsCheck;
using Mailreeve.Protocols.Smtp;

namespace Mailreeve.Protocols.Tests.Smtp;

public class ReplyTests
{
    [Fact]
    public void Every_line_but_the_last_has_a_dash()
    {
        var reply = Reply.Of(250, "", "mx.example", "PIPELINING", "SIZE 1000");

        Assert.Equal("250-mx.example\r\n250-PIPELINING\r\n250 SIZE 1000", reply.ToString());
    }

    [Fact]
    public void The_enhanced_code_is_on_every_line()
    {
        Assert.Equal("550-5.7.1 a\r\n550 5.7.1 b", Reply.Of(550, "5.7.1", "a", "b").ToString());
    }

    [Fact]
    public void Input_that_is_echoed_cannot_become_a_second_reply()
    {
        var reply = Reply.Of(250, "2.1.0", "hello a\r\n250 2.0.0 sent\0\x1b[2J ü");

        Assert.Equal("250 2.1.0 hello a??250 2.0.0 sent??[2J ?", reply.ToString());
    }

    [Fact]
    public void No_text_makes_a_line_over_512_octets_or_another_line()
    {
        Gen.String.Array[1, 4].Sample(lines =>
        {
            var wire = Reply.Of(550, "5.1.1", lines).ToString() + "\r\n";
            var sent = wire.Split("\r\n");
            return sent.Length == lines.Length + 1 && sent.All(l => l.Length <= 510 && l.All(c => c is >= ' ' and <= '~'));
        });
    }

    [Fact]
    public void A_very_long_text_is_cut_to_512_octets()
    {
        var reply = Reply.Of(550, "5.1.1", new string('x', 5000));

        Assert.Equal(510, reply.ToString().Length);
    }

    [Fact]
    public void The_name_of_each_reply_says_its_code()
    {
        var replies = typeof(Reply).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.FieldType == typeof(Reply)).ToList();

        Assert.NotEmpty(replies);
        Assert.All(replies, f =>
        {
            var reply = (Reply)f.GetValue(null)!;
            Assert.StartsWith($"C{reply.Code}", f.Name, StringComparison.Ordinal);
            Assert.True(reply.Enhanced.Length == 0 || reply.Enhanced[0] == f.Name[1], f.Name);
        });
    }

    [Fact]
    public void A_block_names_clause_case_and_the_way_out()
    {
        Assert.Equal(
            "550 5.7.1 Blocked under clause C4, case 17; see https://provider.example/case",
            Reply.C550Blocked("C4", "17", "https://provider.example/case").ToString());
    }
}
