using Microsoft.AspNetCore.Http;

namespace Iarnet.Rpc;

/// <summary>Handles the calls of one method.</summary>
internal abstract class MethodHandler(IMethod method, RpcServerOptions options)
{
    public IMethod Method { get; } = method;

    /// <summary>Handles one request; the response, with its status, is complete when the task is.</summary>
    public async Task HandleAsync(HttpContext http, CancellationToken stopping)
    {
        if (Refuse(http))
        {
            return;
        }

        http.Response.ContentType = GrpcHeaders.ContentType;
        http.Response.Headers[GrpcHeaders.AcceptEncoding] = GrpcHeaders.Identity;
        using var context = new HttpServerCallContext(http, Method, options, stopping);
        Status status;
        try
        {
            context.Start();
            await InvokeAsync(context).ConfigureAwait(false);
            status = context.Status;
        }
        catch (RpcException e)
        {
            status = e.Status;
            context.AddTrailers(e.Trailers);
        }
        catch (Exception e)
        {
            status = context.Explain(e);
        }

        context.WriteStatus(context.IsOverdue ? new Status(StatusCode.DeadlineExceeded, "The deadline passed on the server.") : status);
    }

    protected abstract Task InvokeAsync(HttpServerCallContext context);

    private static bool Refuse(HttpContext http)
    {
        var refusal = 0;
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            refusal = StatusCodes.Status405MethodNotAllowed;
        }
        else if (!HttpProtocol.IsHttp2(http.Request.Protocol))
        {
            refusal = StatusCodes.Status426UpgradeRequired;
        }
        else if (!GrpcHeaders.IsGrpcContentType(http.Request.ContentType))
        {
            refusal = StatusCodes.Status415UnsupportedMediaType;
        }

        if (refusal != 0)
        {
            http.Response.StatusCode = refusal;
        }

        return refusal != 0;
    }
}
