"""The application on ECS with CloudWatch."""

from textwrap import dedent

from tests.readiness.estates.survey import Files

ECS: Files = {
    "infra/ecs.tf": dedent("""\
        resource "aws_ecs_cluster" "main" {
          name = "main"
        }
        resource "aws_ecs_task_definition" "desk" {
          family        = "desk"
          task_role_arn = aws_iam_role.desk.arn
          container_definitions = jsonencode([{
            name  = "app"
            image = "desk:1"
            environment = [{ name = "SHIFT_API_URL", value = "https://shift.example.jp" }]
          }])
        }
        resource "aws_ecs_service" "desk" {
          name            = "desk"
          cluster         = aws_ecs_cluster.main.id
          task_definition = aws_ecs_task_definition.desk.arn
          desired_count   = 2
          load_balancer {
            target_group_arn = aws_lb_target_group.desk.arn
            container_name   = "app"
            container_port   = 8080
          }
        }
        resource "aws_appautoscaling_target" "desk" {
          max_capacity       = 10
          min_capacity       = 2
          resource_id        = "service/${aws_ecs_cluster.main.name}/${aws_ecs_service.desk.name}"
          scalable_dimension = "ecs:service:DesiredCount"
          service_namespace  = "ecs"
        }
        resource "aws_appautoscaling_policy" "desk" {
          name               = "cpu"
          policy_type        = "TargetTrackingScaling"
          resource_id        = aws_appautoscaling_target.desk.resource_id
          scalable_dimension = "ecs:service:DesiredCount"
          service_namespace  = "ecs"
        }
        resource "aws_lb_listener" "https" {
          port     = 443
          protocol = "HTTPS"
        }
        resource "aws_lb_listener" "http" {
          port     = 80
          protocol = "HTTP"
          default_action {
            type = "redirect"
            redirect {
              port        = "443"
              protocol    = "HTTPS"
              status_code = "HTTP_301"
            }
          }
        }
        resource "aws_db_instance" "desk" {
          identifier        = "desk"
          storage_encrypted = true
        }
        """),
    "infra/alarms.tf": dedent("""\
        resource "aws_sns_topic" "oncall" {
          name = "oncall"
        }
        resource "aws_sns_topic_subscription" "oncall" {
          topic_arn = aws_sns_topic.oncall.arn
          protocol  = "email"
          endpoint  = "oncall@example.jp"
        }
        resource "aws_cloudwatch_metric_alarm" "errors" {
          alarm_name          = "errors"
          namespace           = "AWS/ApplicationELB"
          metric_name         = "HTTPCode_Target_5XX_Count"
          comparison_operator = "GreaterThanThreshold"
          threshold           = 5
          period              = 60
          evaluation_periods  = 5
          alarm_actions       = [aws_sns_topic.oncall.arn]
        }
        """),
}  # fmt: skip
