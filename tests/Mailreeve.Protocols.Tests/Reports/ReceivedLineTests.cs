using Mailreeve.Protocols.Reports;

namespace Mailreeve.Protocols.Tests.Reports;

public class ReceivedLineTests
{
    [Theory]
    [InlineData("from helo.example (rdns.example [192.0.2.25]) by mx.example with ESMTP id 1; Tue, 5 Mar 2024 07:12:44 +0000", "192.0.2.25", "mx.example")]
    [InlineData("from [10.1.1.1] (rdns.example [192.0.2.25]) by mx.example with ESMTP; Tue, 5 Mar 2024 07:12:44 +0000", "192.0.2.25", "mx.example")]
    [InlineData("from [192.0.2.25] (helo=[10.1.1.1]) by mx.example with esmtp; Tue, 5 Mar 2024 07:12:44 +0000", "192.0.2.25", "mx.example")]
    [InlineData("from unknown (HELO 10.1.1.1) (192.0.2.25) by mx.example with SMTP; 5 Mar 2024 07:12:44 -0000", "192.0.2.25", "mx.example")]
    [InlineData("from a.example ([IPv6:2001:db8::25])\tby MX.example. (Postfix); Tue, 5 Mar 2024 07:12:44 +0000", "2001:db8::25", "mx.example")]
    [InlineData("from a.example (::ffff:192.0.2.25) by mx.example; Tue, 5 Mar 2024 07:12:44 +0000", "192.0.2.25", "mx.example")]
    public void The_address_is_the_one_the_server_saw_not_the_one_the_client_said(string line, string address, string by)
    {
        var hop = ReceivedLine.Read(line);

        Assert.NotNull(hop);
        Assert.Equal(address, hop.Address.ToString());
        Assert.Equal(by, hop.By);
        Assert.Equal(TimeConfidence.Exact, hop.Time.Confidence);
    }

    [Theory]
    [InlineData("by mx.example (Postfix, from userid 507) id 16489; Tue, 5 Mar 2024 07:12:44 +0000")]
    [InlineData("from localhost (localhost [127.0.0.1]) by mx.example; Tue, 5 Mar 2024 07:12:44 +0000")]
    [InlineData("from x ([169.254.1.1]) by mx.example; Tue, 5 Mar 2024 07:12:44 +0000")]
    [InlineData("from x ([fe80::1]) by mx.example; Tue, 5 Mar 2024 07:12:44 +0000")]
    [InlineData("from a.example by [192.0.2.1] with ESMTP; Tue, 5 Mar 2024 07:12:44 +0000")]
    [InlineData("")]
    public void A_line_without_a_remote_address_is_no_hop(string line) => Assert.Null(ReceivedLine.Read(line));
}
