using Mailreeve.Web.Layout;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Mailreeve.Web.Public;

/// <summary>What anyone may see.</summary>
internal static class PublicPages
{
    public static void Map(IEndpointRouteBuilder pages) => pages.MapGet("/", () => Page.Of<HomePage>());
}
