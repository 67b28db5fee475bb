using System.Buffers;
using System.Text;
using Mailreeve.Protocols.Pop3;

namespace Mailreeve.Protocols.Tests.Pop3;

public class Pop3ReplyTests
{
    [Fact]
    public void A_reply_has_its_status_its_code_and_its_text()
    {
        Assert.Equal("+OK Bye", Pop3Reply.OkBye.ToString());
        Assert.Equal("-ERR [IN-USE] Another session has this mailbox; try again when it has ended", Pop3Reply.ErrInUse.ToString());
        Assert.Equal("+OK 2 320", Pop3Reply.OkStat(2, 320).ToString());
    }

    [Fact]
    public void A_text_cannot_become_a_second_reply() =>
        Assert.Equal("-ERR [SYS/PERM] gone??+OK m?we", Pop3Reply.ErrUnavailable("gone\r\n+OK möwe").ToString());

    [Fact]
    public void No_reply_is_longer_than_512_octets()
    {
        var output = new ArrayBufferWriter<byte>();

        Pop3Reply.ErrUnavailable(new string('x', 2000)).WriteTo(output);

        Assert.Equal(512, output.WrittenCount);
        Assert.Equal((byte)'\n', output.WrittenSpan[^1]);
    }

    [Fact]
    public void The_greeting_does_not_offer_apop() => Assert.DoesNotContain('<', Pop3Reply.Greeting("mail.provider.example").ToString());

    [Fact]
    public void A_unique_id_is_short_and_printable()
    {
        var output = new ArrayBufferWriter<byte>();

        Listing.WriteUid(output, "+OK "u8, int.MaxValue, uint.MaxValue, uint.MaxValue);
        Listing.WriteSize(output, "+OK "u8, int.MaxValue, long.MaxValue);

        Assert.Equal(
            "+OK 2147483647 4294967295.4294967295\r\n+OK 2147483647 9223372036854775807\r\n", Encoding.ASCII.GetString(output.WrittenSpan));
    }
}
