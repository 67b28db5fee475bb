using System.Reflection;
using Mailreeve.Policy;
using Mailreeve.Protocols.Net;
using Mailreeve.Storage.Abuse;

namespace Mailreeve.Storage.Tests;

public sealed class EnumTextTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<Type> Enums =>
        [.. new[] { typeof(Address), typeof(Money), typeof(Database) }
            .SelectMany(t => t.Assembly.GetExportedTypes())
            .Where(t => t.IsEnum)];

    [Theory, MemberData(nameof(Enums))]
    public async Task Every_value_comes_back_from_a_column(Type type) =>
        await (Task)typeof(EnumTextTests).GetMethod(nameof(RoundTripAsync), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(type)
            .Invoke(null, null)!;

    [Theory, MemberData(nameof(Enums))]
    public void No_two_values_have_the_same_text(Type type)
    {
        var texts = Enum.GetValues(type).Cast<Enum>().Select(EnumText.Of).ToList();

        Assert.Equal(texts.Distinct(), texts);
    }

    [Theory]
    [InlineData(ReportState.NeedsPerson, "needs-person")]
    [InlineData(ReportState.Done, "done")]
    public void A_text_is_lower_case_with_hyphens(ReportState value, string text)
    {
        Assert.Equal(text, EnumText.Of(value));
        Assert.Equal(value, EnumText.Parse<ReportState>(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("7")]
    [InlineData("Done")]
    [InlineData(" done")]
    [InlineData("needsperson")]
    [InlineData("done,received")]
    public void Any_other_text_is_refused(string text)
    {
        Assert.False(EnumText.TryParse<ReportState>(text, out _));
        Assert.Throws<ArgumentException>(() => EnumText.Parse<ReportState>(text));
    }

    private static async Task RoundTripAsync<T>()
        where T : struct, Enum
    {
        await using var test = await TestDatabase.OpenAsync(Dialect.Sqlite);
        foreach (var value in Enum.GetValues<T>())
        {
            var row = await test.Database.ReadAsync(
                db => db.SingleAsync<Row<T>>("SELECT @value AS value, @value AS maybe, @none AS none", new { value, none = (T?)null }, Stop), Stop);

            Assert.Equal(new Row<T> { Value = value, Maybe = value, None = null }, row);
        }
    }

    private sealed record Row<T>
        where T : struct, Enum
    {
        public required T Value { get; init; }

        public required T? Maybe { get; init; }

        public required T? None { get; init; }
    }
}
