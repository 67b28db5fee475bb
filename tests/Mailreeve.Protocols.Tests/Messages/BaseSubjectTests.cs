using Mailreeve.Protocols.Messages;

namespace Mailreeve.Protocols.Tests.Messages;

public class BaseSubjectTests
{
    [Theory]
    [InlineData("Hello", "Hello", false)]
    [InlineData("  Hello \t there ", "Hello there", false)]
    [InlineData("Re: Hello", "Hello", true)]
    [InlineData("RE : Hello", "Hello", true)]
    [InlineData("re[2]: Hello", "Hello", true)]
    [InlineData("Fwd: Re: fw: Hello", "Hello", true)]
    [InlineData("[list] Re: [list] Hello", "Hello", true)]
    [InlineData("[a] [b] Hello", "Hello", false)]
    [InlineData("[only]", "[only]", false)]
    [InlineData("Re: [only]", "[only]", true)]
    [InlineData("[a] [b]", "[b]", false)]
    [InlineData("Hello (fwd) (FWD)", "Hello", true)]
    [InlineData("[Fwd: Re: Hello (fwd)]", "Hello", true)]
    [InlineData("Re: [Fwd: [fwd: Hello] ]", "Hello", true)]
    [InlineData("[fwd: Hello] more", "more", false)]
    [InlineData("Re:", "", true)]
    [InlineData("", "", false)]
    [InlineData("Regarding: Hello", "Regarding: Hello", false)]
    [InlineData("AW: Hello", "AW: Hello", false)]
    [InlineData("[un[balanced] Hello", "[un[balanced] Hello", false)]
    public void Marks_of_answers_and_lists_are_taken_away(string subject, string text, bool isReply) =>
        Assert.Equal(new BaseSubject(text, isReply), BaseSubject.Of(subject));
}
