from locust import HttpUser, between, task


class Worker(HttpUser):
    wait_time = between(1, 3)

    @task
    def ask(self):
        enquiry = {"name": "load", "role": "worker", "text": "hello"}
        self.client.post("/v1/enquiries", json=enquiry)
